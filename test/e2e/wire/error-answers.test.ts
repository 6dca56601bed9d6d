import { cases } from './cases/error-answers.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

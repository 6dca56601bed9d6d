import { cases } from './cases/methods.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

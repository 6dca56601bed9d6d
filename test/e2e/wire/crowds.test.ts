import { cases } from './cases/crowds.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

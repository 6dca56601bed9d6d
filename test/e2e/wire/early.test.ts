import { cases } from './cases/early.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

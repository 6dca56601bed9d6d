import { cases } from './cases/pressure.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

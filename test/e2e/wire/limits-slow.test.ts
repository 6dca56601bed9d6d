import { cases } from './cases/limits-slow.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

import { cases } from './cases/continue.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

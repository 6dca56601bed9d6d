import { cases } from './cases/forwarding.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

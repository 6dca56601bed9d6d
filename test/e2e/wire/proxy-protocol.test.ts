import { cases } from './cases/proxy-protocol.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

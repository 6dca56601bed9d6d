import { cases } from './cases/framing-connections.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

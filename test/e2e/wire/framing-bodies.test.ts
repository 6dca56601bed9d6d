import { cases } from './cases/framing-bodies.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

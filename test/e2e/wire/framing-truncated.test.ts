import { cases } from './cases/framing-truncated.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

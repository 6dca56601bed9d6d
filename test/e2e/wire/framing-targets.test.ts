import { cases } from './cases/framing-targets.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

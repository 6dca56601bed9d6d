import { cases } from './cases/framing-codings.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

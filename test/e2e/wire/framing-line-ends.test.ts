import { cases } from './cases/framing-line-ends.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

import { cases } from './cases/framing-fields.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

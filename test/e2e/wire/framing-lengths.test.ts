import { cases } from './cases/framing-lengths.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

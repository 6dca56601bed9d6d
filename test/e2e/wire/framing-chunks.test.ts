import { cases } from './cases/framing-chunks.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

import { cases } from './cases/http2-frames.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

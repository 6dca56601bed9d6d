import { cases } from './cases/http2-hpack.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

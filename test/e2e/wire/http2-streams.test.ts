import { cases } from './cases/http2-streams.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

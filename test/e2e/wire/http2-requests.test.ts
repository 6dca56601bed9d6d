import { cases } from './cases/http2-requests.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

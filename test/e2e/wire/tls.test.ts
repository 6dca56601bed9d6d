import { cases } from './cases/tls.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

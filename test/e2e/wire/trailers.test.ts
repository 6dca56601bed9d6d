import { cases } from './cases/trailers.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

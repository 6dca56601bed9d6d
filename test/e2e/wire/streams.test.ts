import { cases } from './cases/streams.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

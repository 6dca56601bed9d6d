import { cases } from './cases/retries.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

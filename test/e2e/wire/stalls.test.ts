import { cases } from './cases/stalls.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

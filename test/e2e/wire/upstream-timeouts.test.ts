import { cases } from './cases/upstream-timeouts.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

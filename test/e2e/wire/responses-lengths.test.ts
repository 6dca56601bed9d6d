import { cases } from './cases/responses-lengths.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

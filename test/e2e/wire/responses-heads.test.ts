import { cases } from './cases/responses-heads.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

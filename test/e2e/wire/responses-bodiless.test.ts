import { cases } from './cases/responses-bodiless.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

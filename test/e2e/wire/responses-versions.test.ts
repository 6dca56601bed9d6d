import { cases } from './cases/responses-versions.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

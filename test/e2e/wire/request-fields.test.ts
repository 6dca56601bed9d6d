import { cases } from './cases/request-fields.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

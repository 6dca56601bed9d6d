import { cases } from './cases/response-fields.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

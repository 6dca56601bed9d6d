import { cases } from './cases/responses-broken.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

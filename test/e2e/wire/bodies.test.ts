import { cases } from './cases/bodies.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

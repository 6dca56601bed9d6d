import { cases } from './cases/limits-floods.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

import { cases } from './cases/interim.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

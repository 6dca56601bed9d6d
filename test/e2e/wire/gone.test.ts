import { cases } from './cases/gone.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

import { cases } from './cases/limits-heads.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

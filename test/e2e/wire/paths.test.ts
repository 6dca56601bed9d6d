import { cases } from './cases/paths.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

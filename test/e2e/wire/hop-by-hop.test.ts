import { cases } from './cases/hop-by-hop.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

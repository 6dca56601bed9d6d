import { cases } from './cases/pipelining.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

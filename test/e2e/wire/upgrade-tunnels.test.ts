import { cases } from './cases/upgrade-tunnels.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

import { cases } from './cases/upgrade-handshakes.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

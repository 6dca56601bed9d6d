import { cases } from './cases/framing-hosts.ts'
import { wireTests } from './rig/suite.ts'

wireTests(cases)

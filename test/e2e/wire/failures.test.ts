import { cases as retries } from './cases/retries.ts'
import { cases as upstreamTimeouts } from './cases/upstream-timeouts.ts'
import { wireTests } from './rig/suite.ts'

wireTests([...retries, ...upstreamTimeouts])

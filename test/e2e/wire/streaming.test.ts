import { cases as bodies } from './cases/bodies.ts'
import { cases as early } from './cases/early.ts'
import { cases as gone } from './cases/gone.ts'
import { cases as pressure } from './cases/pressure.ts'
import { cases as stalls } from './cases/stalls.ts'
import { cases as byTls } from './cases/streaming-tls.ts'
import { cases as streams } from './cases/streams.ts'
import { wireTests } from './rig/suite.ts'

wireTests([...bodies, ...streams, ...early, ...gone, ...pressure, ...stalls, ...byTls])

import { cases as frames } from './cases/http2-frames.ts'
import { cases as hpack } from './cases/http2-hpack.ts'
import { cases as malformed } from './cases/http2-malformed.ts'
import { cases as requests } from './cases/http2-requests.ts'
import { cases as streams } from './cases/http2-streams.ts'
import { wireTests } from './rig/suite.ts'

wireTests([...frames, ...hpack, ...malformed, ...requests, ...streams])

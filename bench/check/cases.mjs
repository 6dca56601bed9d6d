import { requestBytes } from '../closed-loop.mjs'

const CONNECTIONS = 32
/** With more of them than fit into the buffers of the kernel, the pieces in which a body arrives would be a matter of luck. */
const LARGE_CONNECTIONS = 8
const SMALL = 150
const LARGE = 64 * 1024

const load = (name, { bytes = SMALL, connections = CONNECTIONS, fresh = false, ...request }) => ({
  name,
  load: {
    connections,
    bodyBytes: bytes,
    fresh,
    request: requestBytes({ path: `/services/echo/${bytes}`, ...request }),
  },
})

/** What the gate looks at. The names are those in ratios.json. */
export const cases = [
  load('small GET', {}),
  load('64 KB response', { bytes: LARGE, connections: LARGE_CONNECTIONS }),
  load('POST of 64 KB', { method: 'POST', connections: LARGE_CONNECTIONS, body: Buffer.alloc(LARGE, 'x') }),
  load('new connection per request', { fresh: true, fields: ['Connection: close'] }),
]

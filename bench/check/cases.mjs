import { requestBytes } from '../closed-loop.mjs'

const CONNECTIONS = 32
const SMALL = 150
/** Arrives in one piece. In how many larger ones arrive is a matter of luck, and each piece costs as much as a small request. */
const LARGE = 8 * 1024

const load = (name, { bytes = SMALL, fresh = false, ...request }) => ({
  name,
  load: {
    connections: CONNECTIONS,
    bodyBytes: bytes,
    fresh,
    request: requestBytes({ path: `/services/echo/${bytes}`, ...request }),
  },
})

/** What the gate looks at. The names are those in ratios.json. */
export const cases = [
  load('small GET', {}),
  load('8 KB response', { bytes: LARGE }),
  load('POST of 1 KB', { method: 'POST', body: Buffer.alloc(1024, 'x') }),
  load('new connection per request', { fresh: true, fields: ['Connection: close'] }),
]

import { z } from 'zod'
import { defaults } from './defaults.ts'
import { described, text, wait } from './fields.ts'
import { section } from './section.ts'

const file = () => text().nullable()

const tls = section(
  {
    ca: described(file(), 'PEM file of the authorities that are trusted; null for the well-known ones.'),
    serverName: described(
      text().nullable(),
      'The name that the certificate must bear; null for the host of the instance.',
    ),
    cert: described(file(), 'PEM file of the certificate that the gateway shows; null for none.'),
    key: described(file(), 'PEM file of its key.'),
    verify: described(z.boolean(), 'Whether the certificate of the instance is checked at all.'),
  },
  defaults.upstream.tls,
)

const upstream = section(
  {
    protocol: described(
      z.enum(['auto', 'http1', 'http2']),
      'What instances speak; auto is what their metadata say, else HTTP/1.1.',
    ),
    connectTimeout: described(wait(), 'How long connecting to an instance may take.'),
    responseTimeout: described(wait(), 'From the request being sent to the response head.'),
    stallTimeout: described(wait(), 'How long a response body may stand still; not for event streams.'),
    tunnelTimeout: described(wait(), 'How long a WebSocket, or another tunnel, may be silent.'),
    idleTimeout: described(wait(), "How long an unused connection is kept; keep it below the service's own time."),
    connections: described(z.int().min(1), 'Connections per instance and worker, at most.'),
    restorePrefix: described(
      z.boolean(),
      'Whether a prefix that was stripped from the path is put back into Location and the Path of cookies.',
    ),
    tls: described(tls.whole, 'To instances that are called by TLS.'),
  },
  defaults.upstream,
  { tls: tls.overrides },
)

export const upstreamSchema = upstream.whole
export const upstreamOverrides = upstream.overrides

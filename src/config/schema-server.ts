import { z } from 'zod'
import { duration, share, size } from '../plugin/units.ts'
import { defaults } from './defaults.ts'
import { described, port, protocol, text, wait } from './fields.ts'
import { isLoopback, isNetwork } from './network.ts'
import { tlsSchema } from './schema-tls.ts'
import { section } from './section.ts'

const { server, admin, log } = defaults

const network = () =>
  text().refine(isNetwork, {
    error: ({ input }) => `${JSON.stringify(input)} is not an address or a network such as "10.0.0.0/8"`,
  })

const workers = z.union([z.literal('auto'), z.int().min(0).max(1024)])
const headerBytes = () => size().refine((bytes) => bytes >= 1024, 'must be at least 1KiB')

const drainSchema = z.strictObject({
  acceptGrace: described(duration(), 'How long to go on accepting once draining has begun.').prefault(
    server.drain.acceptGrace,
  ),
  timeout: described(duration(), 'How long requests may take to end.').prefault(server.drain.timeout),
})

const sheddingSchema = section(
  {
    lag: described(wait().nullable(), 'How late the event loop of a process may be; null for no limit.'),
    heap: described(
      share()
        .refine((part) => part > 0, 'must be more than 0')
        .nullable(),
      'How full the heap of a process may be; null for no limit.',
    ),
  },
  server.shedding,
).whole

const count = () => z.int().min(1)

const limitsSchema = section(
  {
    headerBytes: described(headerBytes(), 'The longest request head.'),
    headerCount: described(z.int().min(1).max(900), 'Fields of a request head, at most.'),
    headerTimeout: described(wait(), 'How long a request head may take to arrive.'),
    urlBytes: described(headerBytes(), 'The longest request target.'),
    bodyBytes: described(size().nullable(), 'The longest request body; null for no limit.'),
    bodyTimeout: described(wait(), 'How long a request body may stand still.'),
    writeTimeout: described(wait(), 'How long a client may take nothing of an answer.'),
    connections: described(count().nullable(), 'Client connections per worker; null for no limit.'),
    connectionsPerAddress: described(
      count().nullable(),
      'Connections of one client address, per worker; null for no limit.',
    ),
    requestsPerConnection: described(count(), 'After so many requests, about, a client connection is closed.'),
    keepAliveTimeout: described(wait(), 'How long an unused client connection is kept.'),
    streams: described(count(), 'Requests at once on one HTTP/2 connection.'),
  },
  server.limits,
).whole

export const serverSchema = z
  .strictObject({
    host: described(text(), 'The address to listen on.').prefault(server.host),
    port: described(port(), 'The port to listen on; 0 takes a free one.').prefault(server.port),
    workers: described(workers, 'Worker processes; auto is one per core, 0 is none besides the first.').prefault(
      server.workers,
    ),
    trustedProxies: described(
      z.array(network()),
      'Addresses and networks whose forwarding headers are believed.',
    ).prefault([]),
    proxyProtocol: described(
      z.array(network()),
      'Addresses and networks whose connections begin with a PROXY header.',
    ).prefault([]),
    http2: described(z.boolean(), 'Whether HTTP/2 is offered on TLS connections.').prefault(server.http2),
    h2c: described(z.boolean(), 'Whether HTTP/2 without TLS is understood, by prior knowledge.').prefault(server.h2c),
    tls: described(tlsSchema.nullable(), 'Certificates; null for a port without TLS.').prefault(server.tls),
    upgrades: described(z.array(protocol()), 'Protocols that a client may switch to.').prefault([...server.upgrades]),
    forwarded: described(z.boolean(), 'Whether instances are told in Forwarded (RFC 7239), too.').prefault(
      server.forwarded,
    ),
    shedding: described(sheddingSchema, 'When new requests are refused for lack of time or memory.').prefault({}),
    drain: described(drainSchema, 'How to stop.').prefault({}),
    limits: described(limitsSchema, 'What a client may ask for.').prefault({}),
  })
  .superRefine(
    ({ h2c, tls }, check) => {
      if (h2c !== true || !tls) return
      const message =
        'has no effect with server.tls: there is no connection without TLS, and on those with it http2 decides'
      check.addIssue({ code: 'custom', path: ['h2c'], message })
    },
    { when: ({ value }) => typeof value === 'object' && value !== null },
  )

export const adminSchema = z
  .strictObject({
    host: described(text(), 'The address of the admin port; without a token, loopback only.').prefault(admin.host),
    port: described(port(), 'The admin port; 0 takes a free one.').prefault(admin.port),
    token: described(text().nullable(), 'The bearer token that callers must show; null for none.').prefault(null),
  })
  .superRefine(
    ({ host, token }, check) => {
      if (token !== null || typeof host !== 'string' || isLoopback(host)) return
      const message = `"${host}" can be reached by others; set admin.token, or bind a loopback address such as 127.0.0.1`
      check.addIssue({ code: 'custom', path: ['host'], message })
    },
    { when: ({ value }) => typeof value === 'object' && value !== null },
  )

const level = z.enum(['debug', 'info', 'warn', 'error', 'silent'])

export const logSchema = z.strictObject({
  level: described(level, 'The least severe level that is logged.').prefault(log.level),
  access: described(z.boolean(), 'One JSON line per request.').prefault(log.access),
})

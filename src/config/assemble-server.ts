import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { FileInput } from './schema.ts'
import type { ServerConfig, TlsConfig, UpstreamConfig } from './types.ts'

type ServerInput = FileInput['server']

export function serverOf(input: ServerInput, directory: string): ServerConfig {
  const { workers, shedding, drain, limits, tls, ...rest } = input
  const { headerTimeout, bodyTimeout, writeTimeout, keepAliveTimeout, ...counts } = limits
  return {
    ...rest,
    workers: workers === 'auto' ? availableParallelism() : workers,
    tls: tls && tlsOf(tls, directory),
    shedding: { lagMs: shedding.lag, heap: shedding.heap },
    drain: { acceptGraceMs: drain.acceptGrace, timeoutMs: drain.timeout },
    limits: {
      ...counts,
      headerTimeoutMs: headerTimeout,
      bodyTimeoutMs: bodyTimeout,
      writeTimeoutMs: writeTimeout,
      keepAliveTimeoutMs: keepAliveTimeout,
    },
  }
}

function tlsOf({ cert, key, certificates, minVersion, clients }: NonNullable<ServerInput['tls']>, directory: string) {
  const inDirectory = (pair: { cert: string; key: string }) => ({
    cert: resolve(directory, pair.cert),
    key: resolve(directory, pair.key),
  })
  return {
    certificates: [{ cert, key }, ...certificates].map(inDirectory),
    minVersion,
    clients: clients && { ...clients, ca: resolve(directory, clients.ca), header: clients.header.toLowerCase() },
  } satisfies TlsConfig
}

type UpstreamInput = FileInput['upstream']
type UpstreamOverrides = NonNullable<NonNullable<ReturnType<FileInput['services']['get']>>['upstream']>

/** What holds for a service: its own settings over those of the file, key by key. */
export function upstreamOf(file: UpstreamInput, own: UpstreamOverrides | undefined, directory: string): UpstreamConfig {
  const { connectTimeout, responseTimeout, stallTimeout, tunnelTimeout, idleTimeout, tls, ...rest } = {
    ...file,
    ...own,
    tls: { ...file.tls, ...own?.tls },
  } as UpstreamInput
  const located = (path: string | null) => path && resolve(directory, path)
  return {
    ...rest,
    connectTimeoutMs: connectTimeout,
    responseTimeoutMs: responseTimeout,
    stallTimeoutMs: stallTimeout,
    tunnelTimeoutMs: tunnelTimeout,
    idleTimeoutMs: idleTimeout,
    tls: { ...tls, ca: located(tls.ca), cert: located(tls.cert), key: located(tls.key) },
  }
}

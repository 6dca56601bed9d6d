import { readFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { type GatewayProcess, spawnGateway } from '../../../support/gateway-process.ts'
import { type Door, KNOBS, type Running, type Service, type Start, type WireCertificates } from '../rig/wire.ts'

const { version } = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'))

/** A process for each door: each has one port. */
export async function startPortolan({ services, doors, certificates }: Start, workers = 0): Promise<Running> {
  const instances = services.map(({ name, ports, tls }) => [name, ports.map((port) => instance(port, tls))])
  const spawned = [...doors].map((door) => {
    const yaml = stringify(configuration(door, workers, certificates, services))
    return [door, spawnGateway(yaml, { services: Object.fromEntries(instances) })] as const
  })
  const processes = new Map<Door, GatewayProcess>(spawned)
  const all = [...processes.values()]
  await Promise.all(all.map((gateway) => gateway.listening(true))).catch(async (error) => {
    await Promise.all(all.map((gateway) => gateway.remove()))
    throw error
  })
  return {
    name: 'portolan',
    version: `Portolan ${version}, Node ${process.versions.node}`,
    port: (door) => processes.get(door)!.port,
    pids: async () =>
      (await Promise.all(all.map(async (gateway) => [gateway.pid, ...(await gateway.workers())]))).flat(),
    said: () => all.map((gateway) => gateway.stderr).join(''),
    stop: async () => void (await Promise.all(all.map((gateway) => gateway.remove()))),
  }
}

function instance(port: number, tls: boolean): unknown {
  return tls ? { address: `127.0.0.1:${port}`, tls: true } : `127.0.0.1:${port}`
}

const ms = (duration: number) => `${duration}ms`

function configuration(
  door: Door,
  workers: number,
  certificates: WireCertificates,
  services: readonly Service[],
): unknown {
  return {
    server: {
      workers,
      ...doorConfiguration(door, certificates),
      limits: {
        headerBytes: `${KNOBS.headerBytes / 1024}KiB`,
        headerTimeout: ms(KNOBS.headerTimeoutMs),
        bodyTimeout: ms(KNOBS.bodyTimeoutMs),
        writeTimeout: ms(KNOBS.writeTimeoutMs),
        keepAliveTimeout: ms(KNOBS.keepAliveTimeoutMs),
        connectionsPerAddress: door === 'crowded' ? KNOBS.connectionsPerAddress : null,
      },
    },
    routing: [{ mode: 'path', prefix: '/services' }],
    upstream: {
      connectTimeout: ms(KNOBS.connectTimeoutMs),
      responseTimeout: ms(KNOBS.responseTimeoutMs),
      stallTimeout: ms(KNOBS.responseTimeoutMs),
      tunnelTimeout: ms(KNOBS.tunnelTimeoutMs),
    },
    // Every answer that a case can think of comes from its one instance: it is not to be left out for that.
    health: { passive: null },
    services: Object.fromEntries(services.map((service) => [service.name, settings(service, certificates)])),
  }
}

function settings({ tls, narrow }: Service, { ca }: WireCertificates): object {
  const { inFlight, pending, pendingTimeoutMs } = KNOBS.narrow
  return {
    ...(tls && { upstream: { tls: { ca } } }),
    ...(narrow && { limits: { inFlight, pending, pendingTimeout: ms(pendingTimeoutMs) } }),
  }
}

function doorConfiguration(door: Door, { ca, server: { cert, key } }: WireCertificates): object {
  switch (door) {
    case 'plain':
    case 'crowded':
      return {}
    case 'tls':
      return { tls: { cert, key } }
    case 'mtls':
      return { tls: { cert, key, clients: { ca, required: true, header: KNOBS.clientHeader } } }
    case 'h2c':
      return { h2c: true }
    case 'proxy':
      return { proxyProtocol: ['127.0.0.0/8'] }
  }
}

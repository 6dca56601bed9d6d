import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls, type TlsOptions } from 'node:tls'
import { type Certificates, certificates } from '../../../support/certificates.ts'
import { WireClient } from './client.ts'
import { WireUpstream } from './upstream.ts'
import type { Case, Door, Running, Start, Wire } from './wire.ts'

const PATIENCE_MS = 15_000

export interface Played {
  readonly case: Case
  /** undefined: passed. */
  readonly error?: Error
}

/** One gateway with the upstreams of all its cases. */
export class Stage {
  readonly gateway: Running
  readonly #certificates: Certificates
  readonly #sets: ReadonlyMap<Case, readonly WireUpstream[]>
  readonly #names: ReadonlyMap<Case, string>

  private constructor(
    gateway: Running,
    pems: Certificates,
    sets: ReadonlyMap<Case, readonly WireUpstream[]>,
    names: ReadonlyMap<Case, string>,
  ) {
    this.gateway = gateway
    this.#certificates = pems
    this.#sets = sets
    this.#names = names
  }

  /** Opens the upstreams, then starts the gateway in front of them. */
  static async open(cases: readonly Case[], start: (what: Start) => Promise<Running>): Promise<Stage> {
    const pems = await certificates()
    const upstreams = cases.map(async (it) => [it, upstreamsOf(it, await pairOf(it.tlsUpstream, pems))] as const)
    const sets = new Map(await Promise.all(upstreams))
    await Promise.all([...sets.values()].flat().map((upstream) => upstream.listen()))
    const names = new Map(cases.map((it, index) => [it, `u${index}`]))
    const services = cases.map((it) => ({
      name: names.get(it)!,
      ports: sets.get(it)!.map(({ port }) => port),
      tls: it.tlsUpstream !== undefined,
      narrow: it.narrow ?? false,
    }))
    const doors = new Set<Door>(['plain', ...cases.flatMap(({ needs = [] }) => needs)])
    const gateway = await start({ services, doors, certificates: pems })
    return new Stage(gateway, pems, sets, names)
  }

  /** Once per case. */
  async play(it: Case): Promise<Played> {
    const upstreams = this.#sets.get(it)!
    const sockets = new Set<Socket>()
    try {
      await within(it.patienceMs ?? PATIENCE_MS, it.run(this.#wire(it, sockets)))
      for (const { objection } of upstreams) if (objection) throw objection
      if (!it.malformed) for (const upstream of upstreams) assertWellFormed(upstream)
      return { case: it }
    } catch (error) {
      return { case: it, error: error as Error }
    } finally {
      for (const socket of sockets) socket.destroy()
      for (const upstream of upstreams) upstream.close()
    }
  }

  #wire(it: Case, sockets: Set<Socket>): Wire {
    const { gateway } = this
    const upstreams = this.#sets.get(it)!
    const keep = <S extends Socket>(socket: S): S => {
      sockets.add(socket)
      return socket.on('error', () => undefined)
    }
    const open = (door: Door) =>
      ready(
        keep(connect({ port: gateway.port(door), host: '127.0.0.1', noDelay: true, allowHalfOpen: true })),
        'connect',
      )
    const trusted = readFileSync(this.#certificates.ca)
    return {
      gateway: gateway.name,
      pids: () => gateway.pids(),
      port: (door = 'plain') => gateway.port(door),
      path: (rest) => `/services/${this.#names.get(it)}${rest}`,
      upstream: upstreams[0]!,
      upstreams,
      certificates: this.#certificates,
      socket: (door = 'plain') => open(door),
      connect: async () => new WireClient(await open('plain')),
      async connectTls(options: ConnectionOptions = {}, door = 'tls') {
        const socket = await open(door)
        const secure = connectTls({
          ca: trusted,
          servername: 'localhost',
          ...options,
          socket,
          allowHalfOpen: true,
        } as ConnectionOptions)
        // Goes with what lies on top of it: Node crashes when both are destroyed in one turn.
        sockets.delete(socket)
        return new WireClient(await ready(keep(secure), 'secureConnect'))
      },
    }
  }

  async close(): Promise<void> {
    await this.gateway.stop()
    for (const upstreams of this.#sets.values()) for (const upstream of upstreams) upstream.close()
    await this.#certificates.remove()
  }
}

/** The certificate of an instance. */
async function pairOf(kind: Case['tlsUpstream'], pems: Certificates): Promise<TlsOptions | undefined> {
  if (!kind) return undefined
  const { cert, key } = kind === 'misnamed' ? await pems.sign('misnamed', 'subjectAltName=DNS:other.test') : pems.server
  if (kind !== 'untrusted') return { cert: readFileSync(cert), key: readFileSync(key) }
  const strangers = await certificates()
  const pair = { cert: readFileSync(strangers.server.cert), key: readFileSync(strangers.server.key) }
  await strangers.remove()
  return pair
}

function upstreamsOf({ instances = 1 }: Case, tls: TlsOptions | undefined): WireUpstream[] {
  return Array.from({ length: instances }, () => new WireUpstream(tls && { ...tls, allowHalfOpen: true }))
}

function ready<S extends Socket>(socket: S, event: string): Promise<S> {
  return new Promise((resolve, reject) => socket.once(event, () => resolve(socket)).once('error', reject))
}

function assertWellFormed({ connections }: WireUpstream): void {
  for (const { violation } of connections) {
    if (violation !== undefined) throw new Error(`malformed upstream: ${violation}`)
  }
}

async function within(patienceMs: number, run: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${patienceMs} ms`)), patienceMs)
  })
  await Promise.race([run, late]).finally(() => clearTimeout(timer))
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { freePorts } from './ports.ts'
import { Program } from './process.ts'
import { until } from './until.ts'

const READY_MS = 30_000

interface Places {
  readonly name: string
  readonly client: string
  readonly peer: string
}

export interface More {
  readonly flags?: readonly string[]
  /** One more URL for clients. */
  readonly alsoOn?: string
}

/** One etcd of Debian's `etcd-server`, on loopback, with a store of its own. */
export class Etcd {
  readonly address: string
  readonly #program: Program
  readonly #directory: string

  constructor(directory: string, places: Places, cluster: readonly Places[], { flags = [], alsoOn }: More = {}) {
    this.address = places.client
    this.#directory = directory
    const client = `http://${places.client}`
    const peer = `http://${places.peer}`
    const members = cluster.map(({ name, peer }) => `${name}=http://${peer}`).join()
    this.#program = new Program('etcd', [
      ...['--name', places.name, '--data-dir', join(directory, 'data'), '--unsafe-no-fsync'],
      ...['--listen-client-urls', [client, alsoOn].filter(Boolean).join(), '--advertise-client-urls', client],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', members],
      ...['--logger', 'zap', '--log-level', 'warn'],
      // By which a lease may be as short as a second. Members that vote need their time.
      ...(cluster.length === 1 ? ['--heartbeat-interval', '50', '--election-timeout', '500'] : []),
      ...flags,
    ])
  }

  start(): void {
    this.#program.start()
  }

  /** Resolves when it serves: `/health` wants a leader. */
  async ready(): Promise<void> {
    await until(
      `etcd serves on ${this.address}`,
      async () => {
        if (this.#program.ended)
          throw new Error(`etcd ended before it served (Debian's etcd-server): ${this.#program.said}`)
        return (await call(this.address, 'maintenance/status', {}).catch(() => undefined))?.leader
      },
      READY_MS,
    )
  }

  /** The process is stopped; connections to it are made and kept, and nothing is said. */
  hang(): void {
    this.#program.signal('SIGSTOP')
  }

  resume(): void {
    this.#program.signal('SIGCONT')
  }

  /** SIGKILL; the store stays. */
  kill(): Promise<void> {
    return this.#program.kill()
  }

  async restart(): Promise<void> {
    await this.kill()
    this.start()
    await this.ready()
  }

  /** Kills it if it still runs, and starts it with an empty store on the same ports. */
  async wipe(): Promise<void> {
    await this.kill()
    await rm(join(this.#directory, 'data'), { recursive: true, force: true })
    await this.restart()
  }

  async stop(): Promise<void> {
    await this.kill()
    await rm(this.#directory, { recursive: true, force: true })
  }
}

/** So many etcds that are one cluster and serve. The caller stops them. */
export async function launchEtcd(members = 1, more: More = {}): Promise<Etcd[]> {
  const ports = await freePorts(2 * members)
  const places = Array.from({ length: members }, (_, index) => ({
    name: `m${index}`,
    client: `127.0.0.1:${ports[2 * index]}`,
    peer: `127.0.0.1:${ports[2 * index + 1]}`,
  }))
  const etcds: Etcd[] = []
  for (const place of places) etcds.push(new Etcd(await mkdtemp(join(tmpdir(), 'etcd-')), place, places, more))
  try {
    for (const etcd of etcds) etcd.start()
    await Promise.all(etcds.map((etcd) => etcd.ready()))
    return etcds
  } catch (error) {
    await Promise.all(etcds.map((etcd) => etcd.stop()))
    throw error
  }
}

/** One, for a test, and stopped with it. */
export async function startEtcd(more: More = {}): Promise<Etcd> {
  const [etcd] = await startCluster(1, more)
  return etcd!
}

export async function startCluster(members: number, more: More = {}): Promise<Etcd[]> {
  const etcds = await launchEtcd(members, more)
  onTestFinished(async () => {
    await Promise.all(etcds.map((etcd) => etcd.stop()))
  })
  return etcds
}

// biome-ignore lint/suspicious/noExplicitAny: whatever etcd answers
export type Answer = any

/** One question to an etcd's JSON gateway. */
export async function call(address: string, path: string, question: object, token = ''): Promise<Answer> {
  const response = await fetch(`http://${address}/v3/${path}`, {
    method: 'POST',
    body: JSON.stringify(question),
    headers: token ? { authorization: token } : {},
    signal: AbortSignal.timeout(5000),
  })
  const answer: Answer = await response.json()
  if (!response.ok) throw new Error(answer.message)
  return answer
}

export const base64 = (text: string | Uint8Array) => Buffer.from(text as string).toString('base64')

export const put = (address: string, key: string | Uint8Array, value: string | Uint8Array = '', lease = '0') =>
  call(address, 'kv/put', { key: base64(key), value: base64(value), lease })

export const remove = (address: string, key: string) => call(address, 'kv/deleterange', { key: base64(key) })

/** The keys below a prefix, with their values. */
export async function stored(address: string, prefix: string): Promise<Map<string, string>> {
  const { kvs = [] } = await call(address, 'kv/range', {
    key: base64(prefix),
    range_end: base64(`${prefix.slice(0, -1)}0`),
  })
  const text = (bytes = '') => Buffer.from(bytes, 'base64').toString()
  return new Map(kvs.map(({ key, value }: Record<string, string>) => [text(key), text(value)]))
}

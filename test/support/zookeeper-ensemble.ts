import { onTestFinished } from 'vitest'
import type { JavaServer } from './zookeeper-java.ts'
import { ask, freePort } from './zookeeper-probe.ts'
import { startJavaZooKeeper } from './zookeeper-server.ts'

const IDS = [1, 2, 3] as const

export interface Ensemble {
  readonly servers: readonly JavaServer[]
  readonly addresses: readonly string[]
  /** Of those that serve; rejects while they elect one. */
  leader(): Promise<JavaServer>
  /** Of those that serve. */
  followers(): Promise<readonly JavaServer[]>
}

/** Three servers on loopback with an empty tree, for one test. A majority of them must live for any to serve. */
export async function ensemble(): Promise<Ensemble> {
  const ports = await freePorts(3 * IDS.length)
  const peers = IDS.map((id) => `server.${id}=127.0.0.1:${ports[id + 2]}:${ports[id + 5]}`)
  // Together: none of them serves alone.
  const starting = IDS.map((id) => startJavaZooKeeper({ id, port: ports[id - 1]!, lines: peers }))
  const started = await Promise.allSettled(starting)
  const servers = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  onTestFinished(async () => void (await Promise.all(servers.map((server) => server.stop()))))
  for (const one of started) if (one.status === 'rejected') throw one.reason
  const inMode = async (mode: RegExp) => {
    const said = await Promise.all(servers.map(({ address }) => ask(address, 'srvr').catch(() => '')))
    return servers.filter((_server, index) => mode.test(said[index]!))
  }
  return {
    servers,
    addresses: servers.map(({ address }) => address),
    followers: () => inMode(/^Mode: follower/m),
    async leader() {
      const [leader] = await inMode(/^Mode: leader/m)
      if (!leader) throw new Error('there is no leader')
      return leader
    },
  }
}

/** Distinct ones: each is chosen while those before it are in use. */
async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>()
  while (ports.size < count) ports.add(await freePort())
  return [...ports]
}

import type { AdapterHarness, AdapterRig, Summary } from '../contract/index.ts'
import { FaultProxy } from './fault-proxy.ts'
import { ProxiedRig } from './proxied-rig.ts'
import { type Scratch, scratchRoot, sharedZooKeeper } from './zookeeper.ts'

/** A corner of the shared ZooKeeper behind a proxy that can cut the adapter off, and counts its connections. */
class ZooKeeperRig extends ProxiedRig implements AdapterRig {
  readonly #scratch: Scratch
  readonly #broken = new Set<string>()

  constructor(scratch: Scratch, proxy: FaultProxy) {
    super(proxy)
    this.#scratch = scratch
  }

  get options() {
    return { hosts: [this.proxy.address], root: this.#scratch.root, sessionTimeout: '10s' }
  }

  async publish(truth: Summary) {
    const { root, writer } = this.#scratch
    for (const name of (await writer.children(root)) ?? []) if (!truth[name]) await writer.removeTree(`${root}/${name}`)
    for (const [name, wanted] of Object.entries(truth)) await this.#publishService(`${root}/${name}`, wanted)
  }

  async publishBroken(service: string) {
    const path = `${this.#scratch.root}/${service}/broken`
    this.#broken.add('broken')
    await this.#scratch.writer.create(path)
  }

  async #publishService(path: string, wanted: readonly string[]) {
    const { writer } = this.#scratch
    const there = await writer.children(path)
    if (!there) await writer.create(path)
    const leaving = (there ?? []).filter((name) => !wanted.includes(name) && !this.#broken.has(name))
    const coming = wanted.filter((name) => !there?.includes(name))
    await Promise.all(leaving.map((name) => writer.remove(`${path}/${name}`)))
    await Promise.all(coming.map((name) => writer.createEphemeral(`${path}/${name}`)))
  }
}

export const zooKeeperHarness: AdapterHarness = {
  cuts: true,
  registers: true,
  rig: async () => new ZooKeeperRig(await scratchRoot(), await FaultProxy.open(sharedZooKeeper())),
}

import { randomUUID } from 'node:crypto'
import type { AdapterHarness, AdapterRig, Summary } from '../contract/index.ts'
import { put, remove, stored } from './etcd.ts'
import { FaultProxy } from './fault-proxy.ts'
import { ProxiedRig } from './proxied-rig.ts'

/** A prefix of a shared etcd, behind a proxy that can cut the adapter off, and counts its connections. */
class EtcdRig extends ProxiedRig implements AdapterRig {
  readonly #address: string
  readonly #prefix = `/test-${randomUUID()}/`
  readonly #broken = new Set<string>()

  constructor(address: string, proxy: FaultProxy) {
    super(proxy)
    this.#address = address
  }

  get options() {
    return { endpoints: [this.proxy.address], prefix: this.#prefix }
  }

  async publish(truth: Summary) {
    const keys = Object.entries(truth).flatMap(([service, ids]) =>
      ['', ...ids].map((id) => `${this.#prefix}${service}/${id}`),
    )
    const there = await stored(this.#address, this.#prefix)
    for (const key of there.keys()) if (!keys.includes(key) && !this.#broken.has(key)) await remove(this.#address, key)
    for (const key of keys) if (!there.has(key)) await put(this.#address, key)
  }

  async publishBroken(service: string) {
    const key = `${this.#prefix}${service}/broken`
    this.#broken.add(key)
    await put(this.#address, key)
  }
}

export const etcdHarness = (address: () => string): AdapterHarness => ({
  cuts: true,
  registers: true,
  rig: async () => new EtcdRig(address(), await FaultProxy.open(address())),
})

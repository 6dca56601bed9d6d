import { address } from '../../src/plugin/index.ts'
import type { AdapterHarness, AdapterRig, Summary } from '../contract/index.ts'
import { DnsRelay } from './dns-relay.ts'
import { Dnsmasq } from './dnsmasq.ts'

const NAMED = ['one', 'two', 'three', 'none']

/**
 * A dnsmasq behind a relay. Each truth is a dnsmasq of its own, to which the relay turns as soon as it answers, so that no
 * question is lost in between. What is open of an adapter that polls is what it has asked for within the last moments.
 */
class DnsRig implements AdapterRig {
  readonly #relay: DnsRelay
  #dnsmasq: Dnsmasq
  #broken: string[] = []
  #truth: Summary = {}

  private constructor(dnsmasq: Dnsmasq, relay: DnsRelay) {
    this.#dnsmasq = dnsmasq
    this.#relay = relay
  }

  static async open(): Promise<DnsRig> {
    const dnsmasq = await Dnsmasq.start([])
    const relay = new DnsRelay(dnsmasq.port)
    await relay.open()
    return new DnsRig(dnsmasq, relay)
  }

  get options() {
    const services = Object.fromEntries(NAMED.map((name) => [name, { srv: `_http._tcp.${name}.test` }]))
    return { services, servers: [this.#relay.address], refresh: { min: '20ms', max: '50ms' }, timeout: '500ms' }
  }

  async publish(truth: Summary) {
    this.#truth = truth
    const lines = Object.entries(truth).flatMap(([service, ids]) => ids.flatMap((id, at) => records(service, id, at)))
    const next = await Dnsmasq.start([...lines, ...this.#broken])
    this.#relay.turnTo(next.port)
    await this.#dnsmasq.kill()
    this.#dnsmasq = next
  }

  /** A port on which nothing can listen. */
  async publishBroken(service: string) {
    this.#broken.push(`srv-host=_http._tcp.${service}.test,broken.test,0`, 'host-record=broken.test,10.0.0.9')
    await this.publish(this.#truth)
  }

  cut() {
    return this.#relay.close()
  }

  mend() {
    return this.#relay.open()
  }

  open() {
    return this.#relay.recent
  }

  async close() {
    await this.#relay.close()
    await this.#dnsmasq.kill()
  }
}

/** `target` has one address, and no time to live: it is to be asked for again at once. */
export function records(service: string, id: string, at: number, rest = ''): string[] {
  const { host, port } = address(id)
  const target = `${service}-${at}.test`
  return [`srv-host=_http._tcp.${service}.test,${target},${port}${rest}`, `host-record=${target},${host}`]
}

export const dnsHarness: AdapterHarness = { cuts: true, named: NAMED, rig: () => DnsRig.open() }

import { onTestFinished } from 'vitest'
import { dns } from '../../adapters/dns.ts'
import { subject } from './adapter.ts'
import { DnsRelay } from './dns-relay.ts'
import { Dnsmasq } from './dnsmasq.ts'

export const SRV = { one: { srv: '_http._tcp.one.test' } }
export const HOST = { one: { host: 'one.test', port: 80 } }
const OFTEN = { min: '20ms', max: '50ms' }

/** The adapter before a relay before a dnsmasq that knows `lines`. */
export async function answered(services: object, lines: readonly string[], more: object = {}) {
  let dnsmasq = await Dnsmasq.start(lines)
  const relay = new DnsRelay(dnsmasq.port)
  await relay.open()
  onTestFinished(async () => {
    await relay.close()
    await dnsmasq.kill()
  })
  const turnTo = async (next: readonly string[]) => {
    const before = dnsmasq
    dnsmasq = await Dnsmasq.start(next)
    relay.turnTo(dnsmasq.port)
    await before.kill()
  }
  return { relay, turnTo, ...(await subject(dns, { services, servers: [relay.address], refresh: OFTEN, ...more })) }
}

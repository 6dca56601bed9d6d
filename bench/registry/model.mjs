/** What the benchmark registers: names, addresses and data, as gliderlabs/registrator writes them. */

/** Where inside.mjs leaves its strategy, and what holds the registry back, for the plugins that the configuration names. */
export const STRATEGY = Symbol.for('portolan.bench.stopwatch')
export const GATE = Symbol.for('portolan.bench.gate')

/** Epoch milliseconds with a fraction: comparable between the processes of one machine. */
export const now = () => performance.timeOrigin + performance.now()

export const serviceName = (service) => `service-${String(service).padStart(5, '0')}`

/** A revision as it travels in the metadata, so that a table can be compared with the truth: who it is, and which write. */
export const revisionOf = (service, slot, write) => `${service}/${slot}/${write}`
export const slotOf = (revision) => revision.slice(0, revision.lastIndexOf('/'))

/**
 * Where an instance is. Those of the first services can be called, on `ports`: one for each slot. All others are addresses
 * that nobody connects to.
 */
export function addressOf(service, slot, ports = []) {
  const port = service < CALLABLE ? ports[slot] : undefined
  return port ? { host: '127.0.0.1', port } : { host: `10.${service >> 8}.${service & 255}.${slot + 1}`, port: 8080 }
}

export const CALLABLE = 20

export function dataOf(service, revision, { host, port }) {
  return Buffer.from(
    JSON.stringify({
      Name: serviceName(service),
      IP: host,
      PublicPort: port,
      PrivatePort: 80,
      ContainerID: '9124853ff0d1',
      Tags: [],
      Attrs: { zone: 'b', weight: '2', rev: revision },
    }),
  )
}

import type { InstanceReport } from '../admin/index.ts'
import { aligned, printable } from './columns.ts'
import type { Holdings } from './holdings.ts'

const HEAD = ['SERVICE', 'INSTANCE', 'LAYOUT', 'WEIGHT', 'ZONE', 'STATUS', 'HEALTH', 'NOTE']
const HEALTH = HEAD.indexOf('HEALTH')

/** For people: one line an instance, then what was left out and why, then the sum. Health is what a running gateway knows. */
export function table({ registry, services }: Holdings): string {
  const rows = services.flatMap(({ name, instances }) =>
    instances.length === 0
      ? [[name, '-', '', '', '', '', '', 'no instance']]
      : instances.map((instance, at) => [at === 0 ? name : '', ...cells(instance)]),
  )
  const live = services.some(({ inFlight }) => inFlight !== undefined)
  const shown = live ? [HEAD, ...rows] : [HEAD, ...rows].map((row) => row.toSpliced(HEALTH, 1))
  const left = registry.leftOut.map(({ registry: name, place, reason }) => `left out of ${name}: ${place}: ${reason}`)
  return `${[...aligned(shown), ...left, sum({ registry, services })].map(printable).join('\n')}\n`
}

function cells(instance: InstanceReport): string[] {
  const { layout = '', weight, zone = '', status } = instance
  return [addressOf(instance), layout, String(weight), zone, status, healthOf(instance), noteOf(instance)]
}

function healthOf({ inFlight, status, fit, held, why, ejectedForMs, probe }: InstanceReport): string {
  if (inFlight === undefined || status !== 'up') return ''
  if (fit && (why === undefined || held)) return 'ok'
  if (why === 'ejected' && ejectedForMs !== undefined) return `ejected for ${Math.ceil(ejectedForMs / 1000)} s`
  return why === 'probe failed' && probe?.reason ? `${why}: ${probe.reason}` : (why ?? '')
}

function noteOf({ held, status, fit, why = '', drainedBy, inFlight }: InstanceReport): string {
  if (held) return `${why}, absent for ${Math.round(held.forMs / 1000)} s`
  if (drainedBy) return `drained by the ${drainedBy}${inFlight ? `, ${inFlight} in flight` : ''}`
  return fit || why === status || inFlight !== undefined ? '' : why
}

function addressOf({ host, port, tls }: InstanceReport): string {
  return `${tls ? 'https://' : ''}${host.includes(':') ? `[${host}]` : host}:${port}`
}

function sum({ registry, services }: Holdings): string {
  const instances = services.reduce((total, service) => total + service.instances.length, 0)
  const sources = registry.sources.map(({ name, state, reason }) => `${name} ${state}${reason ? ` (${reason})` : ''}`)
  return `${count(services.length, 'service')}, ${count(instances, 'instance')}; ${sources.join(', ')}`
}

const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`

export interface Change {
  /** ISO 8601. */
  readonly at: string
  readonly change: 'added' | 'removed' | 'changed' | 'registry'
  readonly service?: string
  readonly instance?: InstanceReport
  readonly registry?: string
  readonly state?: string
}

/** What differs between two looks: instances by service and id, and the states of the registries. */
export function* changesBetween(before: Holdings, after: Holdings): Generator<Change> {
  const at = new Date().toISOString()
  const [was, is] = [byPlace(before), byPlace(after)]
  for (const [place, { service, instance }] of is) {
    const old = was.get(place)
    if (!old) yield { at, change: 'added', service, instance }
    else if (essence(old.instance) !== essence(instance)) yield { at, change: 'changed', service, instance }
  }
  for (const [place, { service, instance }] of was)
    if (!is.has(place)) yield { at, change: 'removed', service, instance }
  for (const [index, { name, state }] of after.registry.sources.entries())
    if (before.registry.sources[index]?.state !== state) yield { at, change: 'registry', registry: name, state }
}

export function describe({ at, change, service, instance, registry, state }: Change): string {
  const time = at.slice(11, 19)
  if (!instance) return printable(`${time} ! ${registry} ${state}`)
  const sign = { added: '+', removed: '-', changed: '~', registry: '!' }[change]
  const [address, layout, weight, zone, status, health, note] = cells(instance)
  const details = [
    layout,
    weight !== '1' && `weight ${weight}`,
    zone && `zone ${zone}`,
    status !== 'up' && status,
    health !== 'ok' && health,
    note,
  ]
  return printable(`${time} ${sign} ${service} ${[address, ...details].filter(Boolean).join(' ')}`)
}

function byPlace({ services }: Holdings) {
  return new Map(
    services.flatMap(({ name: service, instances }) =>
      instances.map((instance) => [`${service} ${instance.id}`, { service, instance }] as const),
    ),
  )
}

/** Without what changes with every request, or only grows older. */
const essence = ({ held, inFlight, latencyMs, ejectedForMs, probe, ...instance }: InstanceReport) =>
  JSON.stringify({ ...instance, held: held?.reason, probe: probe?.state })

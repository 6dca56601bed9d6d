import type { Registry as MetricRegistry } from 'prom-client'
import type { MeterEvent, Reading } from '../gateway/index.ts'
import { type Labels, readMetric, type Sample } from './read-metric.ts'
import { BREAKER_STATES, type ServiceTraffic, type Standings } from './standings.ts'
import { Tally } from './tally.ts'

/** What is done on the way to an instance: retries, hedges, ejections, refusals, picks, and how each service stands. */
export class TrafficMetrics {
  readonly #events: Readonly<Record<MeterEvent, Tally>>
  readonly #picks: Tally

  constructor(metrics: MetricRegistry, standings: Standings) {
    const tally = (name: string, help: string, detail?: string) =>
      new Tally(metrics, name, help, detail === undefined ? ['service'] : ['service', detail])
    this.#events = {
      retry: tally('portolan_retries_total', 'Requests that were sent again, by what had happened', 'reason'),
      'retry-denied': tally('portolan_retries_denied_total', 'Retries and hedges that were not sent', 'reason'),
      hedge: tally('portolan_hedges_total', 'Second requests beside the first, and how many of them won', 'outcome'),
      ejection: tally('portolan_ejections_total', 'Ejections of instances, in each worker by itself', 'reason'),
      readmission: tally('portolan_readmissions_total', 'Ejected instances that were taken back'),
      refused: tally(
        'portolan_refused_total',
        'Requests that were not sent, by the limit or breaker that held them',
        'reason',
      ),
      tunnel: tally('portolan_tunnels_total', 'Connections that have switched to another protocol', 'protocol'),
    }
    this.#picks = new Tally(metrics, 'portolan_picks_total', 'Picks of instances, retries included', [
      'service',
      'instance',
    ])
    registerGauges(metrics, standings)
  }

  add({ events, standings }: Reading): void {
    for (const [event, service, detail, count] of events) this.#events[event].add([service, detail], count)
    for (const { service, endpoints } of standings)
      for (const { id, picks } of endpoints) if (picks > 0) this.#picks.add([service, id], picks)
  }

  sweep(isKnown: (labels: Labels) => boolean): void {
    for (const tally of [...Object.values(this.#events), this.#picks]) tally.sweep(isKnown)
  }
}

/** A service has them from its first request on. */
function registerGauges(metrics: MetricRegistry, standings: Standings): void {
  gauge('portolan_in_flight', 'Requests that run', ({ inFlight }) => inFlight)
  gauge('portolan_tunnels', 'Connections that have switched to another protocol and are open', ({ tunnels }) => tunnels)
  gauge('portolan_pending', 'Requests that wait for the limit', ({ pending }) => pending)
  gauge('portolan_panic', 'Workers that ignore health because too few instances have any', ({ panic }) => panic)
  gauge('portolan_concurrency_limit', 'Requests at once that are allowed now', ({ limit }) => limit)
  gauge('portolan_retry_budget_left', 'Retries that may be spent now', ({ budgetLeft }) => budgetLeft)
  gauge('portolan_ejected', 'Instances that are ejected in some worker', (_, service) => standings.ejected(service))
  readMetric(metrics, 'gauge', 'portolan_breaker_state', 'Workers by the state of their breaker', () =>
    [...standings.services].flatMap((service) => breakerSamples(service, standings.of(service))),
  )

  function gauge(name: string, help: string, read: (traffic: ServiceTraffic, service: string) => number | null) {
    readMetric(metrics, 'gauge', name, help, () =>
      [...standings.services].flatMap((service) => {
        const value = read(standings.of(service), service)
        return value === null ? [] : { labels: { service }, value }
      }),
    )
  }
}

function breakerSamples(service: string, { breakers }: ServiceTraffic): Sample[] {
  if (breakers.size === 0) return []
  return BREAKER_STATES.map((state) => ({ labels: { service, state }, value: breakers.get(state) ?? 0 }))
}

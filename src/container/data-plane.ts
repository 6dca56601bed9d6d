import type { PoolOptions } from '../balancing/index.ts'
import { strategyMaker } from '../catalog/index.ts'
import { settingsOf } from '../config/index.ts'
import type { HealthConfig, PluginRef } from '../config/types.ts'
import { bind, get, type Scope } from '../di.ts'
import { type ExplainMeans, type Explanation, explain, type Question } from '../explain/index.ts'
import { accessLog, chains, createApp, createListener, Meter, requestIds, trust } from '../gateway/index.ts'
import {
  forward,
  Http1Transport,
  Http2Transport,
  limitBody,
  type Means,
  Protocols,
  RequestHeaders,
  Services,
  Upstreams,
} from '../proxy/index.ts'
import { Directory } from '../registry/index.ts'
import { createRouter } from '../routing/index.ts'
import { Tokens } from '../tokens.ts'

/** What serves requests. */
export function bindDataPlane(root: Scope): void {
  bind(root, Tokens.transport, (scope) => {
    const tls = get(scope, Tokens.instanceTls)
    return new Protocols(new Http1Transport({ tls }), new Http2Transport({ tls }))
  })
  bind(root, Tokens.upstreams, (scope) => new Upstreams(get(scope, Tokens.transport)))
  bind(root, Tokens.meter, (scope) => meterOf(scope))
  bind(root, Tokens.services, services)
  bind(root, Tokens.router, (scope) => {
    const { routing, expose } = get(scope, Tokens.config)
    return createRouter(routing, expose, { random: get(scope, Tokens.random) })
  })
  bind(root, Tokens.directory, (scope) => {
    const settings = settingsOf(get(scope, Tokens.config))
    const context = get(scope, Tokens.pluginContext)
    const upstreams = get(scope, Tokens.upstreams)
    const optionsOf = poolOptions(scope)
    const make = strategyMaker(get(scope, Tokens.catalog), context)
    return new Directory({
      log: get(scope, Tokens.log),
      strategy: (service) => make(service, settings(service).balancing),
      pool: (service) => optionsOf(settings(service).health),
      left: (endpoint) => upstreams.close(endpoint),
      unreachable: get(scope, Tokens.unreachable),
      now: get(scope, Tokens.now),
    })
  })
  bind(root, Tokens.explain, explainer)
  bind(root, Tokens.ask, asker)
  bind(root, Tokens.listener, gatewayListener)
}

function meterOf(scope: Scope): Meter {
  return new Meter({
    standings: () => get(scope, Tokens.services).standings(),
    connections: () => get(scope, Tokens.listener).connections,
  })
}

/** The same object for all services that are set alike, of which there may be very many. */
function poolOptions(scope: Scope): (health: HealthConfig) => PoolOptions {
  const means = { random: get(scope, Tokens.random), now: get(scope, Tokens.now), wallMs: get(scope, Tokens.wallMs) }
  const known = new Map<HealthConfig, PoolOptions>()
  return (health) => {
    const { panicBelow, slowStartMs, active } = health
    const options = known.get(health) ?? { ...means, panicBelow, slowStartMs, probed: active !== null }
    known.set(health, options)
    return options
  }
}

function services(scope: Scope): Services {
  const directory = get(scope, Tokens.directory)
  const meter = get(scope, Tokens.meter)
  const means: Means = {
    upstreams: get(scope, Tokens.upstreams),
    requestHeaders: requestHeaders(scope),
    log: get(scope, Tokens.log),
    now: get(scope, Tokens.now),
    wallMs: get(scope, Tokens.wallMs),
    random: get(scope, Tokens.random),
    count: (event, service, detail) => meter.count(event, service, detail),
    unreachable: (pool, endpoint) => directory.unreachable(pool, endpoint),
  }
  return new Services(means, settingsOf(get(scope, Tokens.config)), get(scope, Tokens.workers))
}

function requestHeaders(scope: Scope): RequestHeaders {
  const { forwarded, tls } = get(scope, Tokens.config).server
  return new RequestHeaders({ forwarded, subjectHeader: tls?.clients?.header ?? null })
}

function asker(scope: Scope) {
  const config = get(scope, Tokens.config)
  const services = get(scope, Tokens.services)
  const directory = get(scope, Tokens.directory)
  const context = get(scope, Tokens.pluginContext)
  const create = ({ type, options }: PluginRef) => get(scope, Tokens.catalog).middleware(type).create(options, context)
  return createApp({
    log: get(scope, Tokens.log),
    router: get(scope, Tokens.router),
    middleware: config.middleware.map(create),
    middlewareOf: chains(config, create),
    forward(exchange) {
      limitBody(exchange, config.server.limits.bodyBytes)
      return forward(exchange, services.of(directory.pool(exchange.service)))
    },
  })
}

function explainer(scope: Scope): (question: Question) => Explanation {
  const settings = settingsOf(get(scope, Tokens.config))
  const directory = get(scope, Tokens.directory)
  const means: ExplainMeans = {
    router: get(scope, Tokens.router),
    pool: (service) => directory.pool(service),
    breakerOf: (pool) => get(scope, Tokens.services).breakerOf(pool),
    strategyOf: (service) => settings(service).balancing.type,
    now: get(scope, Tokens.now),
    ordinal: get(scope, Tokens.ordinal),
  }
  return (question) => explain(question, means)
}

function gatewayListener(scope: Scope) {
  const { server, log } = get(scope, Tokens.config)
  const meter = get(scope, Tokens.meter)
  const logAccess = log.access ? accessLog(get(scope, Tokens.lines)) : undefined
  return createListener({
    server,
    log: get(scope, Tokens.log),
    ask: get(scope, Tokens.ask),
    requestId: requestIds(),
    recogniseClient: trust(server.trustedProxies),
    now: get(scope, Tokens.now),
    random: get(scope, Tokens.random),
    shed: (shortage) => meter.shed(shortage),
    refused: (reason) => meter.refuse(reason),
    ticketSecret: get(scope, Tokens.ticketSecret),
    finished(exchange, result) {
      meter.record(exchange, result)
      logAccess?.(exchange, result)
    },
  })
}

/** What says where requests would go, by what the directory has been told. */
export const explainerOf = (scope: Scope) => ({
  directory: get(scope, Tokens.directory),
  explain: get(scope, Tokens.explain),
})

/** What serves requests. Nothing is open before `listener.server.listen()`. */
export const dataPlaneOf = (scope: Scope) => ({
  directory: get(scope, Tokens.directory),
  explain: get(scope, Tokens.explain),
  ask: get(scope, Tokens.ask),
  instanceTls: get(scope, Tokens.instanceTls),
  listener: get(scope, Tokens.listener),
  meter: get(scope, Tokens.meter),
  upstreams: get(scope, Tokens.upstreams),
})

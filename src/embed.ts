import type { AddressInfo } from 'node:net'
import { builtins } from './builtins.ts'
import { configOf, headline } from './config/index.ts'
import type { GatewayConfig } from './config/types.ts'
import { controlPlaneOf, dataPlaneOf, newGatewayScope } from './container.ts'
import { type LineSink, problemResponse, requestIds } from './gateway/index.ts'
import type { Logger, Plugin } from './plugin/index.ts'
import { exchangeOfRequest } from './proxy/index.ts'
import { drain, listen } from './server/index.ts'

export interface GatewayOptions {
  /** Plugins of your own, by object: the configuration names them like built-ins. */
  readonly plugins?: readonly Plugin[]
  readonly log?: Logger
  /** Where access log lines go; nowhere by default. */
  readonly lines?: LineSink
  readonly env?: Readonly<Record<string, string | undefined>>
}

const FORGET_MS = 60_000

/** A gateway in this process. It owns what it opens: call `close`. */
export interface Gateway {
  readonly config: GatewayConfig
  /**
   * Serves one Fetch request, until its signal aborts: mount it in an app of your own, or call it in a test. What goes wrong is an
   * answer, too.
   */
  fetch(request: Request): Promise<Response>
  /** Begins to read the registries; resolves once the table is complete. */
  start(): Promise<void>
  /** Opens `server.host` and `server.port`: the fast way in, with streaming straight from socket to socket. */
  listen(): Promise<AddressInfo>
  /** Drains, then closes the registry and all connections. */
  close(): Promise<void>
}

/**
 * Makes a gateway of a YAML file, or of the same content as an object (paths in it then start in the working directory).
 *
 * @throws ConfigError with every problem
 */
export async function createGateway(source: string | object, options: GatewayOptions = {}): Promise<Gateway> {
  const { plugins = [], log = silent, lines = { write: () => undefined }, env = process.env } = options
  const parsing = { builtins: [...builtins, ...plugins], env, files: true }
  const { config, catalog, warnings } = await configOf(source, parsing)
  for (const warning of warnings) log.warn({}, headline(warning))
  const scope = newGatewayScope({ config, catalog, log, lines })
  const { registry, prober } = controlPlaneOf(scope)
  const data = dataPlaneOf(scope)
  const known = new Promise<void>((resolve) => {
    registry.subscribe((update) => {
      data.directory.apply(update)
      prober.apply(update)
      if (update.complete) resolve()
    })
  })
  prober.subscribe((verdict) => data.directory.verdict(...verdict))
  const requestId = requestIds()
  let forgetting: NodeJS.Timeout | undefined
  return {
    config,
    async fetch(request) {
      const id = requestId(request.headers.get('x-request-id') ?? undefined)
      const exchange = exchangeOfRequest(id, performance.now(), request)
      request.signal.addEventListener('abort', () => exchange.closeByClient(), { once: true })
      try {
        return await data.ask(exchange, { request })
      } catch (thrown) {
        return problemResponse(thrown, exchange, log)
      }
    },
    start() {
      // Nobody reads what is counted here, and it must not pile up.
      forgetting ??= setInterval(() => data.meter.take(), FORGET_MS).unref()
      registry.start()
      return known
    },
    listen: () => listen(data.listener.server, config.server),
    async close() {
      await drain(data, config.server.drain, log)
      clearInterval(forgetting)
      prober.close()
      await registry.close()
    },
  }
}

const ignore = () => undefined
const silent: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }

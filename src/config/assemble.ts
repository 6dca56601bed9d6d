import { dirname, resolve } from 'node:path'
import type { Catalog } from '../catalog/catalog.ts'
import { locateModule } from '../catalog/load.ts'
import { serverOf, upstreamOf } from './assemble-server.ts'
import { trafficOf } from './assemble-traffic.ts'
import { defaults } from './defaults.ts'
import type { Path } from './document.ts'
import { type CheckedOptions, pathKey } from './references.ts'
import type { FileInput } from './schema.ts'
import type { RoutingInput } from './schema-routing.ts'
import type {
  GatewayConfig,
  PluginRef,
  RegistryConfig,
  RoutingConfig,
  ServiceConfig,
  TableRouteConfig,
} from './types.ts'

type RefInput = FileInput['balancing']
type RegistryInput = FileInput['registry'][number]
type RouteInput = Extract<RoutingInput, { mode: 'table' }>['routes'][number]

/** Makes the typed configuration out of a file in which nothing is wrong. */
export function assemble(input: FileInput, checked: CheckedOptions, file: string, catalog: Catalog): GatewayConfig {
  const directory = dirname(resolve(file))
  const plug = plugWith(checked)
  const balancing = plug(input.balancing, ['balancing'])
  return {
    file: resolve(file),
    plugins: input.plugins.map((named) => locateModule(named, directory)),
    server: serverOf(input.server, directory),
    registry: registriesOf(input.registry, { plug, catalog, directory }),
    routing: input.routing.map((mode, index) => routingOf(mode, ['routing', index], plug)),
    expose: input.expose,
    balancing,
    upstream: upstreamOf(input.upstream, undefined, directory),
    ...trafficOf(input),
    middleware: plugAll(input.middleware, ['middleware'], plug),
    services: mapValues(input.services, (service, name): ServiceConfig => {
      const path = ['services', name]
      return {
        balancing: service.balancing ? plug(service.balancing, [...path, 'balancing']) : balancing,
        upstream: upstreamOf(input.upstream, service.upstream, directory),
        ...trafficOf(input, service),
        middleware: plugAll(service.middleware, [...path, 'middleware'], plug),
      }
    }),
    admin: input.admin,
    log: input.log,
  }
}

type Plug = (ref: RefInput, path: Path) => PluginRef

const plugWith =
  (checked: CheckedOptions): Plug =>
  ({ type }, path) => ({ type, options: checked.get(pathKey(path)) })

const plugAll = (refs: readonly RefInput[], path: Path, plug: Plug) =>
  refs.map((ref, index) => plug(ref, [...path, index]))

interface RegistryMeans {
  readonly plug: Plug
  readonly catalog: Catalog
  readonly directory: string
}

function registriesOf(inputs: readonly RegistryInput[], { plug, catalog, directory }: RegistryMeans): RegistryConfig[] {
  return inputs.map((input, index) => {
    const { name = input.type, merge, onEmpty, settle } = input
    const { local } = catalog.adapter(input.type)
    const snapshot = input.snapshot === undefined ? (local ? null : snapshotName(name, inputs.length)) : input.snapshot
    return {
      ...plug(input, ['registry', index]),
      name,
      merge,
      onEmpty: onEmpty ?? (local ? 'clear' : 'hold'),
      settleMs: settle === 'auto' ? (local ? 0 : null) : settle,
      snapshot: snapshot && resolve(directory, snapshot),
    }
  })
}

/** Several registries do not share a file. */
function snapshotName(name: string, registries: number): string {
  return registries === 1 ? defaults.registry.snapshot : defaults.registry.snapshot.replace('.json', `-${name}.json`)
}

function routingOf(mode: RoutingInput, path: Path, plug: Plug): RoutingConfig {
  if (mode.mode !== 'table') return mode
  return { mode: 'table', routes: mode.routes.map((route, index) => routeOf(route, [...path, 'routes', index], plug)) }
}

function routeOf(route: RouteInput, path: Path, plug: Plug): TableRouteConfig {
  const { match, service, split, stripPrefix, rewrite, middleware } = route
  return {
    match: given(match),
    split: split ?? [{ service: service!, weight: 1 }],
    ...given({ stripPrefix, rewrite }),
    middleware: plugAll(middleware, [...path, 'middleware'], plug),
  }
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }

/** The same without the keys that are undefined. */
function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>
}

function mapValues<V, W>(map: ReadonlyMap<string, V>, change: (value: V, key: string) => W): ReadonlyMap<string, W> {
  return new Map([...map].map(([key, value]) => [key, change(value, key)]))
}

import type { PluginRef, RoutingConfig } from '../config/types.ts'
import type { FieldValues } from './fields.ts'
import type { Target } from './target.ts'

/** What routing may look at: what `node:http` gives, untouched. */
export interface RouteRequest {
  readonly method: string
  /** As on the request line. Not Hono's path (decoded) and not its URL (normalised). */
  readonly rawTarget: string
  /** Name, value, name, value: repeated fields are still apart here. */
  readonly rawHeaders: readonly string[]
  /** By lower-case name. */
  readonly headers: FieldValues
}

/** Service and target. The path is set on the upstream request as it is, never joined into a URL. */
export interface Route {
  readonly service: string
  /** Origin-form: path and query. */
  readonly path: string
  /** What was taken off the front of the path, for X-Forwarded-Prefix; empty when nothing was. */
  readonly prefix: string
  readonly mode: RoutingConfig['mode']
  /** Lower-case names of the fields that spoke to the gateway and are not forwarded. Always the same array per mode. */
  readonly dropHeaders: readonly string[]
  /** Of a table route that has some: the array of the configuration itself, so it serves as a key. */
  readonly middleware: readonly PluginRef[] | undefined
}

/** One way to read a request. The file that holds it carries the mode's name. */
export interface RoutingMode {
  /** A noun phrase, for the caller whose request no mode claimed. */
  readonly expectation: string
  /** @throws GW_BAD_REQUEST when the request is for this mode but malformed, GW_SERVICE_NOT_FOUND when not exposed */
  match(request: RouteRequest, target: Target): Route | undefined
}

export interface Router {
  /** One sentence for the 404 of a request that nothing matches. */
  readonly expectation: string
  /**
   * The route of the first mode that claims the request, in the order of the configuration. Whether the service exists
   * is not asked.
   *
   * @throws GW_BAD_REQUEST, GW_SERVICE_NOT_FOUND
   */
  match(request: RouteRequest): Route | undefined
}

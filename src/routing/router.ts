export interface RouteRequest {
  readonly method: string
  readonly rawTarget: string
  readonly rawHeaders: readonly string[]
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

export interface Route {
  readonly service: string
  readonly path: string
  readonly prefix: string
  readonly mode: 'headers' | 'path' | 'table'
  readonly dropHeaders: readonly string[]
}

export interface Router {
  match(request: RouteRequest): Route | undefined
  readonly expectation: string
}

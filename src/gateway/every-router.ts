import type { Params, Result, Router } from 'hono/router'

/** A Hono router for an app in which every handler is for every request: there is nothing to match. */
export class EveryRouter<T> implements Router<T> {
  readonly name = 'EveryRouter'
  readonly #handlers: [T, Params][] = []
  readonly #result: Result<T> = [this.#handlers]

  add(_method: string, path: string, handler: T): void {
    if (path !== '*' && path !== '/*')
      throw new Error(`the gateway's app takes handlers for every path, not for ${path}`)
    this.#handlers.push([handler, {}])
  }

  match(): Result<T> {
    return this.#result
  }
}

/** Stands for a request that nobody looks at, but for its method: Hono asks for that. */
export class Unseen {
  readonly method: string

  constructor(method: string) {
    this.method = method
  }
}

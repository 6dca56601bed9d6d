/** One sentence that must hold. `run` rejects when it does not. */
export interface Law {
  readonly name: string
  run(): Promise<void>
}

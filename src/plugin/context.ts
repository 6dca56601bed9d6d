/** Structured log: fields first, then one sentence. A pino logger is one. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** What the gateway lends to a plugin. Take time and chance from here, so that tests can hold them still. */
export interface PluginContext {
  readonly log: Logger
  /** Monotonic milliseconds. */
  now(): number
  /** Uniform in [0, 1). */
  random(): number
  /** Where relative paths in options start: the folder of the configuration file. */
  readonly directory: string
  /** Consecutive among the workers of one gateway, from a random start: workers need not march in step. */
  readonly ordinal: number
}

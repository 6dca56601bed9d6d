/** Fields that a transport writes behind the others, most likely in more than one request. */
export interface Word {
  /** Flat `[name, value, ...]`. */
  readonly fields: readonly string[]
  /** The same as HTTP/1.1 writes it, checked; there once it has been written so. */
  lines: string | undefined
}

const isGlob = (pattern: string) => /[*?]/.test(pattern)

/** Which services of a registry are wanted: names, and patterns in which `*` stands for any text and `?` for one character. */
export class Selection {
  /** All that are wanted, when each is named: then nobody needs to look for more. */
  readonly names: readonly string[] | undefined
  readonly #names: ReadonlySet<string>
  readonly #globs: readonly RegExp[]
  readonly #beginnings: readonly string[]

  constructor(patterns: readonly string[]) {
    const globs = patterns.filter(isGlob)
    this.#names = new Set(patterns.filter((pattern) => !isGlob(pattern)))
    this.#globs = globs.map(expression)
    this.#beginnings = [...this.#names, ...globs.map((glob) => glob.replace(/[*?].*$/, '*'))]
    if (globs.length === 0) this.names = [...this.#names]
  }

  wants(name: string): boolean {
    return this.#names.has(name) || this.#globs.some((glob) => glob.test(name))
  }

  /** Whether a service whose name begins with `name.` may be wanted. */
  wantsBelow(name: string): boolean {
    const start = `${name}.`
    return this.#beginnings.some((beginning) =>
      beginning.endsWith('*')
        ? start.startsWith(beginning.slice(0, -1)) || beginning.startsWith(start)
        : beginning.startsWith(start),
    )
  }
}

function expression(glob: string): RegExp {
  const escaped = glob.replaceAll(/[.\\+^$|(){}[\]]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`)
}

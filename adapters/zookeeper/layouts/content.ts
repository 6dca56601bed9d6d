import { quoted } from './say.ts'

export type Fields = Readonly<Record<string, unknown>>

/** As much as a server with default settings takes. What is more is no registration. */
const MOST_BYTES = 2 ** 20

/** A znode's name and data. The data is made text and JSON once, and only if somebody asks. */
export class Content {
  readonly name: string
  readonly #data: Buffer | undefined
  #text: string | undefined
  #json: { readonly value: unknown } | undefined

  constructor(name: string, data: Buffer | undefined) {
    this.name = name
    this.#data = data
  }

  /** @throws Error when the data is longer than 1 MiB */
  get text(): string {
    const bytes = this.#data?.length ?? 0
    if (bytes > MOST_BYTES) throw new Error(`${bytes} bytes of data are more than the ${MOST_BYTES} that are read`)
    this.#text ??= this.#data?.toString('utf8') ?? ''
    return this.#text
  }

  /** The object or list that the data is in JSON; `undefined` when it is none. @throws like `text` */
  get json(): unknown {
    this.#json ??= { value: parsed(this.text) }
    return this.#json.value
  }

  /** @throws Error when the data is no JSON object */
  get fields(): Fields {
    if (isFields(this.json)) return this.json
    throw new Error(`${this.#shown()} is not a JSON object`)
  }

  /** @throws Error when the data is no JSON list */
  get list(): readonly unknown[] {
    if (Array.isArray(this.json)) return this.json
    throw new Error(`${this.#shown()} is not a JSON list`)
  }

  #shown(): string {
    return this.text === '' ? 'the data is empty and' : `the data ${quoted(this.text)}`
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An object's field or none: what is no object has no fields. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {}
}

/** Whether a JSON object says anything under one of these names: `null` does not count as nothing. */
export function says(value: unknown, ...names: readonly string[]): value is Fields {
  return isFields(value) && names.some((name) => Object.hasOwn(value, name))
}

/** An object or a list in JSON, or `undefined`. */
export function parsed(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined // a failed parse costs more than the rest of a reading
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

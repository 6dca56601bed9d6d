import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml'
import { ConfigError, type ConfigProblem } from './problems.ts'

export type Path = readonly PropertyKey[]

/** Whether a problem is with the name of a key or with what it is set to. */
export type Spot = 'key' | 'value'

// Unquoted, the brace ends the scalar there, and what the parser then says is of no help.
const IN_FLOW = `inside { } and [ ] a \${NAME} must be in quotes, which make it text; where that will not do, use a line for each key`

/** One YAML document that remembers where everything stands, and the problems found in it so far. */
export class Source {
  readonly text: string
  readonly file: string
  readonly document: Document.Parsed
  readonly #lines = new LineCounter()
  readonly #problems: ConfigProblem[] = []
  readonly #settled = new Set<unknown>()

  /** @throws ConfigError when the text is not one YAML mapping; nothing more can be said of it then */
  constructor(text: string, file: string) {
    this.text = text
    this.file = file
    this.document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, uniqueKeys: true })
    this.#readErrors()
    this.#checkAliases()
    if (this.#problems.length > 0 && !this.#onlyDuplicates()) this.throwIfAny()
    if (!this.document.contents) this.reportAt(0, 'the file is empty; it needs at least a "registry"')
    else if (!isMap(this.document.contents)) this.reportAt(0, 'the file is not a mapping of keys to values')
    else return
    this.throwIfAny()
  }

  /** Plain values. Fails like `throwIfAny` when aliases would blow up the document. */
  toJS(): Record<string, unknown> {
    try {
      return this.document.toJS()
    } catch (error) {
      this.reportAt(0, (error as Error).message)
      throw new ConfigError(this.#problems, this.text)
    }
  }

  /** Adds a problem with the value (or the key) at `path`, or where it is missing from; ignored for settled values. */
  report(path: Path, message: string, spot: Spot = 'value'): void {
    const found = locate(this.document.contents, path, (node) => this.#target(node))
    if (this.#settled.has(this.#target(found.node))) return
    this.#problems.push(this.#problemAt(offset(spotOf(found, spot)), message, found.label))
  }

  /** A problem with the value at `path` that is not one of those that `throwIfAny` throws. */
  problem(path: Path, message: string): ConfigProblem {
    const found = locate(this.document.contents, path, (node) => this.#target(node))
    return this.#problemAt(offset(spotOf(found, 'value')), message, found.label)
  }

  /** Adds a problem with `node` itself, whose value is not to be complained about again. */
  settle(node: Node, path: Path, message: string): void {
    this.reportAt(offset(node), message, locate(this.document.contents, path, (it) => this.#target(it)).label)
    this.#settled.add(node)
  }

  reportAt(position: number, message: string, path = ''): void {
    this.#problems.push(this.#problemAt(position, message, path))
  }

  /** @throws ConfigError with every problem reported so far */
  throwIfAny(): void {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems, this.text)
  }

  #problemAt(position: number, message: string, path: string): ConfigProblem {
    const { line, col } = this.#lines.linePos(position)
    return { file: this.file, line: Math.max(line, 1), column: Math.max(col, 1), path, message }
  }

  #readErrors(): void {
    for (const { code, pos, message } of [...this.document.errors, ...this.document.warnings])
      this.reportAt(...this.#wording(code, pos[0], message))
  }

  #wording(code: string, position: number, message: string): [position: number, message: string] {
    if (code === 'DUPLICATE_KEY') return [position, `${keyAt(this.text, position)} is set twice`]
    if (code === 'MULTIPLE_DOCS') return [position, 'a second document begins here; a configuration is one document']
    const trap = this.#trapBefore(position)
    return trap === undefined ? [position, message] : [trap, IN_FLOW]
  }

  /** Where on the same line a `${` was the first thing that the parser could not read. */
  #trapBefore(position: number): number | undefined {
    const starts = this.document.errors.map(({ pos }) => pos[0] - 1)
    return starts.find((start) => start < position && /^\$\{.*$/.test(this.text.slice(start, position + 1)))
  }

  #onlyDuplicates(): boolean {
    const codes = [...this.document.errors, ...this.document.warnings].map(({ code }) => code)
    return codes.length === this.#problems.length && codes.every((code) => code === 'DUPLICATE_KEY')
  }

  #checkAliases(): void {
    visit(this.document, {
      Alias: (_key, alias, ancestors) => {
        const target = alias.resolve(this.document)
        if (!target) this.reportAt(offset(alias), `no anchor "&${alias.source}" stands before this alias`)
        else if (ancestors.includes(target)) this.reportAt(offset(alias), 'an alias cannot contain itself')
      },
    })
  }

  #target(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.document) : node
  }
}

interface Location {
  /** The deepest node on the way. */
  readonly node: unknown
  /** What names that node: its key, or itself. */
  readonly anchor: unknown
  /** False when the path goes on where the document does not. */
  readonly complete: boolean
  readonly label: string
}

/** A single value may stand for a list of one, so a `0` that leads nowhere is stepped over. */
function locate(root: unknown, path: Path, target: (node: unknown) => unknown): Location {
  let [node, anchor, label, complete]: [unknown, unknown, string, boolean] = [root, root, '', true]
  for (const segment of path) {
    const inside = target(node)
    if (segment === 0 && !isSeq(inside)) continue
    label += step(label, segment)
    if (!complete) continue
    const pair = isMap(inside) ? inside.items.find(({ key }) => keyName(key) === String(segment)) : undefined
    const item = isSeq(inside) ? inside.items[Number(segment)] : pair?.value
    if (!pair && item === undefined) complete = false
    else [node, anchor] = [item, pair ? pair.key : item]
  }
  // `balancing: p2c` stands for `balancing: { type: p2c }`: what is wrong with the type is wrong with the scalar.
  if (!complete && isScalar(target(node)) && !isBlank(node)) anchor = node
  return { node, anchor, complete, label }
}

function spotOf({ node, anchor, complete }: Location, spot: Spot): unknown {
  return spot === 'key' || !complete || isBlank(node) ? anchor : node
}

function step(before: string, segment: PropertyKey): string {
  if (typeof segment === 'number') return `[${segment}]`
  const name = String(segment)
  if (!/^[\w-]+$/.test(name)) return `[${JSON.stringify(name)}]`
  return before ? `.${name}` : name
}

const keyAt = (text: string, position: number) => JSON.stringify(/^[^:\s]*/.exec(text.slice(position))![0])
const keyName = (key: unknown) => (isScalar(key) ? String(key.value) : undefined)
const offset = (node: unknown) => (node as Partial<Node> | null)?.range?.[0] ?? 0
const isBlank = (node: unknown) => !node || (isScalar(node) && node.range?.[0] === node.range?.[1])

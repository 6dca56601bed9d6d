import { type Document, isPair, isScalar, type Node, type Pair, Scalar, visit } from 'yaml'
import type { Path, Source } from './document.ts'

export type Env = Readonly<Record<string, string | undefined>>

// `$${` is a literal `${`; the second alternative takes anything up to the brace, so that a misspelt one is seen.
const REFERENCE = /\$\$\{|\$\{([^}]*)\}?/g
const BODY = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s

/**
 * Replaces `${NAME}` and `${NAME:-default}` in every value, never in keys. As in a shell, the default also stands in for
 * an empty variable. A value written without quotes is read again as YAML would read it, but only as a number,
 * a boolean or null: what is in a variable cannot add keys.
 */
export function interpolate(source: Source, env: Env): void {
  visit(source.document, {
    Scalar(key, scalar, ancestors) {
      if (key === 'key' || typeof scalar.value !== 'string' || !scalar.value.includes('${')) return
      const problem = substitute(scalar, env, source.document)
      if (problem) source.settle(scalar, pathOf(scalar, ancestors), problem)
    },
  })
}

function substitute(scalar: Scalar, env: Env, document: Document): string | undefined {
  let problem: string | undefined
  const text = (scalar.value as string).replace(REFERENCE, (reference: string, body: string | undefined) => {
    if (body === undefined) return '${'
    const [, name, fallback] = (reference.endsWith('}') && BODY.exec(body)) || []
    if (!name) problem ??= `"${reference}" is not \${NAME} or \${NAME:-default}; a literal "\${" is written "$\${"`
    const value = name === undefined ? undefined : env[name]
    if (name && value === undefined && fallback === undefined)
      problem ??= `the environment variable ${name} is not set; \${${name}:-default} gives it a default`
    return (fallback === undefined ? value : value || fallback) ?? ''
  })
  if (!problem) scalar.value = scalar.type === Scalar.PLAIN ? cast(text, document) : text
  return problem
}

/** An empty text stays one: an empty variable must not pass for "not set". */
function cast(text: string, document: Document): unknown {
  if (text === '') return text
  for (const tag of document.schema.tags)
    if ('test' in tag && tag.default === true && tag.test?.test(text))
      return plain(tag.resolve?.(text, () => undefined, document.options as never))
  return text
}

const plain = (value: unknown) => (isScalar(value) ? value.value : value)

function pathOf(node: Node, ancestors: readonly (Document | Node | Pair)[]): Path {
  const path: PropertyKey[] = []
  for (const [index, ancestor] of ancestors.entries()) {
    const child = ancestors[index + 1] ?? node
    if (isPair(ancestor)) path.push(String(isScalar(ancestor.key) ? ancestor.key.value : ancestor.key))
    else if ('items' in ancestor && !isPair(child)) path.push((ancestor.items as unknown[]).indexOf(child))
  }
  return path
}

const KEY = /((?:^|[\s{,[])(['"]?)(?:auth|id|password|secret|token)\2\s*:\s+)/.source
const FIRST = new RegExp(`${KEY}[^{[]`)
const QUOTED = /'(?:[^']|'')*'?|"(?:[^"\\]|\\.)*"?/.source
const IN_BLOCK = new RegExp(`${KEY}(${QUOTED}|[^\\s{['"].*)`, 'g')
const IN_FLOW = new RegExp(`${KEY}(${QUOTED}|[^\\s{['"][^,}\\]]*)`, 'g')
const REFERENCE = /^(['"]?)\$\{\w+\}\1\s*$/

/**
 * A line of a configuration without what may be a secret: people paste what was wrong into tickets, and pipelines keep it.
 * A reference to a variable is none, but its default may be.
 */
export function masked(line: string): string {
  const at = line.search(FIRST)
  const inFlow = /(?<!\$)\{|\[/.test(line.slice(0, at + 1))
  return line.replace(inFlow ? IN_FLOW : IN_BLOCK, (all, key: string, _quote, value: string) =>
    REFERENCE.test(value) ? all : `${key}***`,
  )
}

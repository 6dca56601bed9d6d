import { expect, it } from 'vitest'
import { builtins } from '../../src/builtins.ts'
import { optionsJsonSchema } from '../../src/config/options.ts'
import type { StrategyPlugin } from '../../src/plugin/index.ts'
import { page, rows } from './pages.ts'

const text = page('balancing')
const sections = text.split(/^### /m).slice(1)
const strategies = builtins.filter(({ kind }) => kind === 'strategy') as readonly StrategyPlugin[]

it('compares all strategies, and no others', () => {
  const compared = [...text.matchAll(/^\| \[([a-z0-9-]+)\]/gm)].map(([, name]) => name!)
  expect(compared.sort()).toEqual(strategies.map(({ name }) => name).sort())
})

it.each(strategies.map((plugin) => [plugin.name, plugin] as const))('lists the options of %s', (name, { options }) => {
  const section = sections.find((each) => each.split('\n', 1)[0]!.split(', ').includes(name))!
  const listed = [...rows(section)].map(([option, [, preset]]) => [option, preset])
  const schema = options && (optionsJsonSchema(options) as Schema)
  const expected = Object.entries(schema?.properties ?? {}).map(([option, { default: preset }]) => {
    if (schema?.required?.includes(option)) return [option, 'required']
    return [option, name === 'sticky' && option === 'cookie' ? '`portolan-<service>`' : `\`${preset}\``]
  })
  expect(listed.sort()).toEqual(expected.sort())
})

interface Schema {
  readonly properties: Readonly<Record<string, { readonly default?: unknown }>>
  readonly required?: readonly string[]
}

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { schema } from '../../src/cli/schema.ts'
import { validate } from '../../src/cli/validate.ts'
import { folder } from '../catalog/folder.ts'
import { REGISTRY, terminal } from '../config/support.ts'

const file = (text: string) => join(folder({ 'gateway.yaml': text }), 'gateway.yaml')

it('sums up a configuration that is right', async () => {
  const { console, written } = terminal()
  expect(await validate('config/gateway.yaml', console)).toBe(0)
  expect(written).toEqual({
    out: 'config/gateway.yaml: ok; registry static-file; routing path, headers; balancing round-robin\n',
    err: '',
  })
})

it('shows what is wrong, and ends with 78', async () => {
  const { console, written } = terminal()
  const path = file(`${REGISTRY}retry: 3\n`)
  expect(await validate(path, console)).toBe(78)
  expect(written).toEqual({
    out: '',
    err: `${path}:2:8  retry: expected a mapping, got 3\n  2 | retry: 3\n    |        ^\n`,
  })
})

it('answers in JSON when asked to', async () => {
  const right = terminal()
  expect(await validate('config/gateway.yaml', right.console, { json: true })).toBe(0)
  expect(JSON.parse(right.written.out)).toEqual({ ok: true, problems: [] })
  const wrong = terminal()
  const path = file(`${REGISTRY}retry: 3\n`)
  expect(await validate(path, wrong.console, { json: true })).toBe(78)
  expect(JSON.parse(wrong.written.out)).toEqual({
    ok: false,
    problems: [{ file: path, line: 2, column: 8, path: 'retry', message: 'expected a mapping, got 3' }],
  })
})

it('says in one line that there is no such file', async () => {
  const { console, written } = terminal()
  expect(await validate('gone.yaml', console)).toBe(78)
  expect(written.err).toBe('gone.yaml: no such file\n')
})

it('prints the schema, with the plugins of a file if one is given', async () => {
  const bare = terminal()
  expect(await schema(undefined, bare.console)).toBe(0)
  expect(Object.keys(JSON.parse(bare.written.out).properties)).toContain('registry')
  const more = terminal()
  const path = folder({
    'gateway.yaml': `plugins: [./mine.mjs]\n${REGISTRY}`,
    'mine.mjs': "export default { kind: 'strategy', name: 'mine', create() {} }",
  })
  expect(await schema(join(path, 'gateway.yaml'), more.console)).toBe(0)
  expect(JSON.stringify(JSON.parse(more.written.out).definitions.strategy)).toContain('"mine"')
  expect(await schema('gone.yaml', more.console)).toBe(78)
})

import { expect, it } from 'vitest'
import { masked } from '../../src/config/mask.ts'
import { errorOf, REGISTRY } from './support.ts'

it.each([
  ['  token: hunter2', '  token: ***'],
  [`  token: 'it''s' # x`, '  token: *** # x'],
  ['  id: user:hun,ter2}', '  id: ***'],
  ['  id: us{er:hun,ter2', '  id: ***'],
  ['auth: { scheme: 1, id: user:hunter2 }', 'auth: { scheme: 1, id: ***}'],
  ['auth: { "id": "us\\"er:x", b: 2 }', 'auth: { "id": ***, b: 2 }'],
  ['admin: { token: a, port: 1 }', 'admin: { token: ***, port: 1 }'],
  ['  auth: user:hunter2', '  auth: ***'],
  [`  token: \${TOKEN:-hunter2}`, '  token: ***'],
  [`  token: "\${A}hunter2"`, '  token: ***'],
])('hides the secret in %j', (line, shown) => {
  expect(masked(line)).toBe(shown)
})

it.each([
  `  token: \${TOKEN}`,
  `{ token: "\${TOKEN}" }`,
  'middleware: [request-id: x]',
  '  - type: token',
  'auth: { x: 1 }',
])('shows %j as it is', (line) => {
  expect(masked(line)).toBe(line)
})

it('keeps the caret below its place', async () => {
  const error = await errorOf(`${REGISTRY}admin: { token: "hunter2", port: x }\n`)
  expect(error.format().split('\n').slice(1)).toEqual([
    '  2 | admin: { token: ***, port: x }',
    `    | ${' '.repeat(27)}^`,
  ])
})

import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { loadCases } from './rig/load.ts'

const here = (path: string) => new URL(path, import.meta.url)

it('every file of cases is played by a test', () => {
  const tests = readdirSync(here('.')).filter((file) => file.endsWith('.test.ts'))
  const played = tests.map((file) => readFileSync(here(file), 'utf8')).join('')
  const files = readdirSync(here('cases'))
  expect(files.filter((file) => !played.includes(`'./cases/${file}'`))).toEqual([])
})

it('no two cases of a rule have one name', async () => {
  const names = (await loadCases()).map(({ rule, name }) => `${rule}: ${name}`)
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
})

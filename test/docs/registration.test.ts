import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { MAIN } from '../support/gateway.ts'
import { page, rows } from './pages.ts'

it('lists every option of the command, and no other', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, 'register', '--help'])
  const options = [...stdout.matchAll(/^ {2}(--[a-z]+)/gm)].map(([, option]) => option)
  const described = [...rows(page('registration')).keys()].filter((name) => name.startsWith('--'))
  expect(described.map((name) => name.split(' ')[0]).sort()).toEqual(options.sort())
})

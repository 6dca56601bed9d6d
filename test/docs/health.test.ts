import { expect, it } from 'vitest'
import { WHYS } from '../../src/balancing/index.ts'
import { page, rows } from './pages.ts'

const section = (title: string) =>
  page('health')
    .split(/^## /m)
    .find((text) => text.startsWith(title))!

it('lists every reason for which an instance is not offered, in their order, and no other', () => {
  expect([...rows(section('Who is offered')).keys()]).toEqual([...WHYS])
})

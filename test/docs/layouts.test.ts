import { expect, it } from 'vitest'
import { layoutNames, readerOf, USUAL_KEYS } from '../../adapters/zookeeper/layouts/index.ts'
import { blocks, page, rows } from './pages.ts'

const text = page('layouts')
const sections = new Map(
  text
    .split(/^### /m)
    .slice(1)
    .map((part) => [part.slice(0, part.indexOf('\n')), part]),
)

it('has a row for every layout, and a sample of each', () => {
  const table = text.slice(0, text.indexOf('\n## '))
  expect([...rows(table).keys()].sort()).toEqual([...layoutNames].sort())
  expect([...sections.keys(), 'auto'].sort()).toEqual([...layoutNames].sort())
})

it.each([...sections])('shows what is recognised as it says: %s', (layout, section) => {
  const samples = blocks(section, 'text')
  expect(samples.length).toBeGreaterThan(0)
  const { child, own } = readerOf('auto', { metadata: USUAL_KEYS })
  for (const sample of samples) {
    const [path, data] = sample.trim().split('\n')
    const bytes = data === undefined ? undefined : Buffer.from(data)
    const name = path!.slice(path!.lastIndexOf('/') + 1)
    const { instances, vectors, broken } = layout === 'apisix' ? own(bytes) : child(name, bytes)
    expect(broken).toBeUndefined()
    const found = vectors ? ['serverset'] : instances.map((one) => one.layout)
    expect(found).toEqual([layout])
  }
})

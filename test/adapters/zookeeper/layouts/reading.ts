import { type LayoutName, type Reading, readerOf, USUAL_KEYS } from '../../../../adapters/zookeeper/layouts/index.ts'
import type { Instance } from '../../../../src/plugin/index.ts'
import type { Sample } from './samples.ts'

export interface Asked {
  readonly port?: string
  readonly metadata?: Partial<typeof USUAL_KEYS>
}

export const bytes = (text: string | null) => (text === null ? undefined : Buffer.from(text))

export function reader(layout: LayoutName, { port, metadata }: Asked = {}) {
  return readerOf(layout, { ...(port !== undefined && { port }), metadata: { ...USUAL_KEYS, ...metadata } })
}

export function read(layout: LayoutName, { name, data }: Sample, asked?: Asked): Reading {
  return reader(layout, asked).child(name, bytes(data))
}

/** The one instance of a child. */
export function one(layout: LayoutName, sample: Sample, asked?: Asked): Instance {
  const { instances, broken = [] } = read(layout, sample, asked)
  if (instances.length !== 1) throw new Error(`${instances.length} instances: ${broken.join('; ')}`)
  return instances[0]!
}

/** A sample some of whose fields say something else. */
export function but(sample: Sample, fields: Readonly<Record<string, unknown>>): Sample {
  return { ...sample, data: JSON.stringify({ ...JSON.parse(sample.data!), ...fields }) }
}

/** What an instance is of which a writer says no more than the address. */
export const usual = { tls: false, weight: 1, status: 'up', metadata: {} }

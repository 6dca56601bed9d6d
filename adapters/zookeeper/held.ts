import type { Instance } from '../../src/plugin/index.ts'
import type { Znode } from './get-data.ts'
import type { Reader, Reading } from './layouts/layout.ts'

/** What a node stands for, as it is kept: of a node that is one instance and nothing else, the usual one, just that. */
export type Held = Instance | Reading

const MOST_BYTES = 2 ** 20

export const NOTHING: Reading = { instances: [] }

/** What a node says as a child of a service. Never throws: what is wrong with it is `broken`. */
export function childReading(reader: Reader, name: string, node: Znode): Reading {
  return reading(node, (data) => reader.child(name, data))
}

/** What a service node says itself. */
export function ownReading(reader: Reader, node: Znode): Reading {
  return reading(node, (data) => reader.own(data))
}

export function broken(reason: string): Reading {
  return { instances: [], broken: [reason] }
}

export function held({ instances, vectors = [], broken = [] }: Reading): Held {
  if (vectors.length > 0 || broken.length > 0) return { instances, vectors, broken }
  return instances.length === 1 ? instances[0]! : instances.length === 0 ? NOTHING : { instances }
}

export function readingOf(held: Held): Reading {
  return 'instances' in held ? held : { instances: [held] }
}

function reading({ data, createdAt }: Znode, read: (data: Buffer | undefined) => Reading): Reading {
  const bytes = data?.length ?? 0
  if (bytes > MOST_BYTES) return broken(`it has ${bytes} bytes of data; the most is ${MOST_BYTES}`)
  try {
    const said = read(data)
    return { ...said, instances: said.instances.map((one) => ({ registeredAt: createdAt, ...one })) }
  } catch (error) {
    return broken((error as Error).message)
  }
}

import { expect, it } from 'vitest'
import { combined, type LayoutName, layoutNames, type Reading } from '../../../../adapters/zookeeper/layouts/index.ts'
import { instance } from '../../../../src/plugin/index.ts'
import { type Asked, reader } from './reading.ts'
import { apisixOwn, nerveEncoded, type Sample, samples, vectors } from './samples.ts'

const ROUNDS = 1000
const MOST_OF_A_MESSAGE = 300
/** Of one reading, on a machine that has other things to do: a hang is what does not end. */
const MOST_MS = 2000

const written: readonly Sample[] = [
  ...Object.values(samples),
  { name: nerveEncoded, data: null },
  { name: 'vector_1', data: vectors },
  { name: 'list', data: apisixOwn },
]
const owned: Readonly<Record<string, Sample>> = { ...samples, apisix: { name: 'list', data: apisixOwn } }
const asked: readonly Asked[] = [
  {},
  { port: 'http' },
  { port: '__proto__', metadata: { weight: '__proto__', zone: 'constructor' } },
]

/** mulberry32: the same numbers on every machine. */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

const deep = (open: string, close: string) => Buffer.from(open.repeat(100_000) + close.repeat(100_000))
const wide = (text: string) => Buffer.from(`[${Array(100_000).fill(text).join(',')}]`.slice(0, 2 ** 20))
const HOSTILE: readonly (Buffer | undefined)[] = [
  undefined,
  Buffer.alloc(0),
  Buffer.from('null'),
  Buffer.alloc(2 ** 20, 'x'),
  Buffer.alloc(2 ** 20, '{'),
  Buffer.alloc(2 ** 20, '%3A'),
  Buffer.alloc(2 ** 21, '1'),
  deep('[', ']'),
  deep('{"host":', '}'),
  wide('7'),
  wide('{}'),
  wide('{"host":"a"}'),
  Buffer.from(`{"nodes":[${Array(10_000).fill('{"address":7}').join(',')}]}`),
  Buffer.from(`{"vector":[${Array(10_000).fill('{"select":7}').join(',')}]}`),
  Buffer.from(`{"endpoints":["http://${'a'.repeat(500_000)}:1"]}`),
  Buffer.from(`{"endpoints":["http://a:1?${'&b=c'.repeat(100_000)}"]}`),
]

/** What may stand for any value of a sample. */
const HOSTILE_VALUES = [
  'null',
  '1e999',
  '-1',
  '0',
  '123456789012345678901234567890',
  '""',
  '"\\u0000"',
  '"../../x"',
  `"${'x'.repeat(100_000)}"`,
  '[]',
  '{}',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  '{"toString":1,"valueOf":1}',
  '[{"toString":1}]',
]

const strangeNames = [
  '',
  '.',
  '__proto__',
  'constructor',
  '%',
  '%E0%A4%A',
  'tri%3A%2F%2F',
  'base64_9999999_',
  'x'.repeat(2 ** 16),
]

it.each(layoutNames)('reads whatever it is given, or says why not: %s', (layout) => {
  const random = chance(20260105)
  const outcomes = { read: 0, refused: 0 }
  const readings: Reading[] = []
  for (const [name, data] of inputs(layout, random))
    for (const what of (data?.length ?? 0) < 50_000 ? asked : asked.slice(0, 1)) {
      const { child, own } = reader(layout, what)
      for (const read of [() => child(name, data), () => own(data)])
        outcomes[outcomeOf(layout, name, data, () => noted(read(), readings))]++
    }
  assertCombinable(readings)
  expect(outcomes.read).toBeGreaterThan(20)
  expect(outcomes.refused).toBeGreaterThan(100)
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  expect(Object.keys(Object.prototype)).toEqual([])
})

function noted(reading: Reading, readings: Reading[]): Reading {
  readings.push(reading)
  return reading
}

/** Whatever has been read may stand under one service, in any order. */
function assertCombinable(readings: readonly Reading[]): void {
  for (const parts of [readings, [...readings].reverse()]) {
    const list = combined(parts)
    expect(new Set(list.map(({ id }) => id)).size).toBe(list.length)
    for (const one of list) instance(one)
  }
}

function* inputs(layout: LayoutName, random: () => number): Generator<[name: string, data: Buffer | undefined]> {
  const pick = <One>(list: readonly One[]) => list[Math.floor(random() * list.length)]!
  for (const data of HOSTILE) for (const name of ['10.0.0.1:80', 'vector_1']) yield [name, data]
  for (const name of strangeNames)
    for (const { data } of written.slice(0, 3)) yield [name, data ? Buffer.from(data) : undefined]
  for (let round = 0; round < ROUNDS; round++) {
    const { name, data } = random() < 0.6 && layout in owned ? owned[layout]! : pick(written)
    const bytes = Buffer.from(data ?? name)
    yield [random() < 0.7 ? name : mangled(Buffer.from(name), random).toString('latin1'), mangled(bytes, random)]
  }
}

/** Cut off, with other bytes in it, with another value in it, or nothing but chance. */
function mangled(bytes: Buffer, random: () => number): Buffer {
  const at = Math.floor(random() * bytes.length)
  const kind = random()
  if (kind < 0.2) return bytes.subarray(0, at)
  if (kind < 0.4) {
    const copy = Buffer.from(bytes)
    for (let count = 0; count < 3; count++) copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256)
    return copy
  }
  if (kind < 0.5) return Buffer.from(Array.from({ length: at }, () => Math.floor(random() * 256)))
  const values = [...bytes.toString().matchAll(/(?<=:)(?:"[^"]*"|-?\d+|null|true|\[|\{)/g)]
  const value = values[Math.floor(random() * values.length)]
  if (!value) return bytes
  const instead = HOSTILE_VALUES[Math.floor(random() * HOSTILE_VALUES.length)]!
  const after = bytes.toString().slice(value.index + value[0].length)
  const rest = value[0] === '[' || value[0] === '{' ? after.replace(/^[^\]}]*[\]}]/, '') : after
  return Buffer.from(bytes.toString().slice(0, value.index) + instead + rest)
}

/** Fails on any other outcome. */
function outcomeOf(
  layout: LayoutName,
  name: string,
  data: Buffer | undefined,
  read: () => Reading,
): 'read' | 'refused' {
  const told = () => `${layout} ${JSON.stringify(name.slice(0, 200))} = ${data?.subarray(0, 400)}`
  const before = performance.now()
  let outcome: 'read' | 'refused' = 'refused'
  try {
    const { instances, broken = [] } = read()
    for (const one of instances) if (!isValid(one, layout)) throw `an instance that is none: ${JSON.stringify(one)}`
    const long = broken.find((reason) => reason.length > MOST_OF_A_MESSAGE)
    if (broken.some((reason) => /\p{C}/u.test(reason))) throw `a complaint with control characters: ${broken}`
    if (long || broken.length > 100) throw `complaints that are too long: ${broken.length}, ${long?.slice(0, 400)}`
    if (instances.length > 0) outcome = 'read'
  } catch (error) {
    const isShort =
      error instanceof Error &&
      error.message.length > 0 &&
      error.message.length <= MOST_OF_A_MESSAGE &&
      !/\p{C}/u.test(error.message)
    if (!isShort || /not a function|not iterable|Cannot (?:read|convert)/.test(error.message))
      expect.fail(`${told()}: ${error instanceof Error ? error.stack?.slice(0, 600) : error}`)
  }
  const tookMs = performance.now() - before
  if (tookMs > MOST_MS) expect.fail(`${told()}: took ${tookMs} ms`)
  return outcome
}

function isValid(one: Reading['instances'][number], layout: LayoutName): boolean {
  const { id, host, port, tls, weight, status, zone, metadata } = one
  instance({ host, port, weight })
  return (
    id === instance({ host, port }).id &&
    typeof tls === 'boolean' &&
    ['up', 'draining', 'down'].includes(status) &&
    (zone === undefined || typeof zone === 'string') &&
    typeof weight === 'number' &&
    Object.getPrototypeOf(metadata) === Object.prototype &&
    Object.values(metadata).every((value) => typeof value === 'string') &&
    (layout === 'auto' ? one.layout !== 'auto' : one.layout === layout)
  )
}

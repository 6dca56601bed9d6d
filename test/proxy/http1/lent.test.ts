import { describe, expect, it } from 'vitest'
import { exchange, open, settled, until } from './exchange.ts'
import { answering, type RawUpstream, rawUpstream } from './raw-upstream.ts'

/** All there are but the ends of lines. */
const BYTES = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte))

const answer = (body: string, ...fields: string[]) =>
  `HTTP/1.1 200 OK\r\n${[...fields, `Content-Length: ${body.length}`].join('\r\n')}\r\n\r\n${body}`

const asksOf = ({ peers }: RawUpstream, count: number) =>
  until(() => peers.filter(({ received }) => received.endsWith('\r\n\r\n')).length === count)

const told = { onText: () => {} }

describe('a body', () => {
  it('that is small and has come in one piece behind a plain head is told as text, byte by byte', async () => {
    const raw = await answering(() => answer(BYTES, 'Date: now'))
    const { heard, body } = await exchange(open(raw), {}, told).over
    expect(heard).toEqual(['sending', 'head', 'text', 'end'])
    expect(body).toBe(BYTES)
  })

  it('is told as bytes where nobody has a use for text', async () => {
    const raw = await answering(() => answer(BYTES))
    const { heard, body } = await exchange(open(raw)).over
    expect(heard).toEqual(['sending', 'head', 'data', 'end'])
    expect(body).toBe(BYTES)
  })

  it.each([
    ['that is long', answer('x'.repeat(8193))],
    ['behind a head that is not plain', answer(BYTES, 'Trailer: x')],
    ['in chunks', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`],
  ])('%s is told as bytes', async (_what, bytes) => {
    const raw = await answering(() => bytes)
    const { heard } = await exchange(open(raw), {}, told).over
    expect(heard).toEqual(['sending', 'head', 'data', 'end'])
  })

  it.each([
    ['in one piece is told as text, also when that comes later than the head', [BYTES], 'text'],
    ['in two pieces is told as bytes', [BYTES.slice(0, 100), BYTES.slice(100)], 'data'],
  ])('that comes %s', async (_what, pieces, how) => {
    const raw = await rawUpstream()
    const asked = exchange(open(raw), {}, told)
    await asksOf(raw, 1)
    for (const piece of [answer(BYTES).slice(0, -BYTES.length), ...pieces]) {
      raw.peers[0]!.write(piece)
      await settled()
    }
    const { heard, body } = await asked.over
    expect(heard).toEqual(['sending', 'head', how, 'end'])
    expect(body).toBe(BYTES)
  })
})

it('what has come in pieces is whole, whatever comes on other connections in between', async () => {
  const raw = await rawUpstream()
  const upstream = open(raw)
  const answers = ['a', 'b', 'c'].map(
    (letter) =>
      `HTTP/1.1 200 ${letter.repeat(9)}\r\nX-${letter}: ${letter.repeat(99)}\r\nTransfer-Encoding: chunked\r\n\r\n` +
      `5\r\n${letter.repeat(5)}\r\n4\r\n${letter.repeat(4)}\r\n0\r\nx-end: ${letter.repeat(7)}\r\n\r\n`,
  )
  const asked = answers.map(() => exchange(upstream))
  await asksOf(raw, answers.length)
  const longest = Math.max(...answers.map(({ length }) => length))
  for (let at = 0; at < longest; at += 10) {
    for (const [i, peer] of raw.peers.entries()) {
      peer.write(answers[i]!.slice(at, at + 10))
      await settled(3)
    }
  }
  const ends = await Promise.all(asked.map(({ over }) => over))
  const letters = ends.map(({ head }) => head!.statusText[0]!)
  expect([...letters].sort()).toEqual(['a', 'b', 'c'])
  for (const [i, { head, body, trailers }] of ends.entries()) {
    const letter = letters[i]!
    expect(head!.headers.slice(0, 2)).toEqual([`X-${letter}`, letter.repeat(99)])
    expect([body, trailers]).toEqual([letter.repeat(9), ['x-end', letter.repeat(7)]])
  }
})

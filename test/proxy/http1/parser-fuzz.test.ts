import { expect, it } from 'vitest'
import { bytes, oneByOne, parsed } from './parsed.ts'

const ROUNDS = 6000
const SEEDS = [
  'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nhello world',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nx: y\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 404 Not Found\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nabc',
  'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 9\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
].map(bytes)
const SPICE = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  ':',
  '0',
  'f',
  ';',
  'Content-Length: 1\r\n',
  'Transfer-Encoding: chunked\r\n',
].map(bytes)

/** mulberry32: small, and the same on every machine. */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

function mutated(input: Buffer, random: (below: number) => number): Buffer {
  let bytes = Buffer.from(input)
  for (let i = random(4); i >= 0; i--) {
    const at = random(bytes.length + 1)
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
    const kind = random(4)
    if (kind === 0) bytes = Buffer.concat([before, after.subarray(random(4))])
    else if (kind === 1) bytes = Buffer.concat([before, SPICE[random(SPICE.length)]!, after])
    else if (kind === 2) bytes = Buffer.concat([before, Buffer.from([random(256)]), after.subarray(1)])
    else bytes = Buffer.concat([before, after.subarray(0, random(20)), after])
  }
  return bytes
}

function pieces(input: Buffer, random: (below: number) => number): Buffer[] {
  const cuts = [0, ...Array.from({ length: 4 }, () => random(input.length + 1)).sort((a, b) => a - b), input.length]
  return cuts
    .slice(1)
    .map((cut, i) => input.subarray(cuts[i], cut))
    .filter((piece) => piece.length > 0)
}

it('settles every mutation of a response, the same way however it is split and read, within its own framing', () => {
  const random = seeded(20_260_101)
  const outcomes = new Set<string>()
  for (let round = 0; round < ROUNDS; round++) {
    const input = mutated(SEEDS[random(SEEDS.length)]!, random)
    const whole = parsed([input], { fin: true })
    outcomes.add(whole.outcome)
    expect(['end', 'reset', 'protocol']).toContain(whole.outcome)
    expect(parsed(pieces(input, random), { fin: true })).toEqual(whole)
    expect(parsed([input], { fin: true, takesText: true })).toEqual(whole)
    expect(parsed(pieces(input, random), { fin: true, takesText: true })).toEqual(whole)
    if (round % 4 === 0) expect(parsed(oneByOne(input), { fin: true })).toEqual(whole)
    const length = whole.headers.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'content-length')
    if (length >= 0 && whole.status !== 304)
      expect(whole.body.length).toBeLessThanOrEqual(Number(whole.headers[length + 1]))
    if (whole.outcome === 'end' && whole.status === 304) expect(whole.body).toBe('')
  }
  expect([...outcomes].sort()).toEqual(['end', 'protocol', 'reset'])
})

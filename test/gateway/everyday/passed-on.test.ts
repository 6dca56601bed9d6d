import { expect, it } from 'vitest'
import { readEverydayHead } from '../../../src/gateway/http1/everyday/request-head.ts'
import { FieldNames } from '../../../src/proxy/index.ts'
import { mulberry32 } from '../../contract/index.ts'
import { limits } from './limits.ts'

const DROPPED = new FieldNames(['host', 'connection', 'x-dropped'])

const fieldsOf = (...lines: string[]) =>
  readEverydayHead(Buffer.from(`${['GET / HTTP/1.1', ...lines].join('\r\n')}\r\n\r\n`, 'latin1'), limits())!.fields

it('goes on line by line as it came, but for what is dropped', () => {
  const fields = fieldsOf(
    'Host: a',
    'X-Dropped: 1',
    'Accept: */*',
    'x-Odd: \xe4  b',
    'x-dropped-not: ',
    'Connection: close',
  )
  expect(fields.linesWithout(DROPPED, [])).toBe('\r\nAccept: */*\r\nx-Odd: \xe4  b\r\nx-dropped-not: ')
  expect(fields.linesWithout(DROPPED, ['accept', 'x-dropped-not'])).toBe('\r\nx-Odd: \xe4  b')
})

it('goes on as nothing when all of it is dropped', () => {
  expect(fieldsOf('Host: a').linesWithout(DROPPED, [])).toBe('')
})

it.each(['X:a', 'X:  a', 'X:\ta', 'X: a ', 'X:', 'X: \t'])(
  'is put together anew when a line is written as %j',
  (line) => {
    expect(fieldsOf('Host: a', line, 'Y: b').linesWithout(DROPPED, [])).toBeUndefined()
  },
)

it('goes on with the same fields in the same order as its list has', () => {
  const random = mulberry32(7)
  const one = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)]!
  const names = [
    'Accept',
    'accept-language',
    'Connection',
    'X-Dropped',
    'x_dropped',
    'COOKIE',
    'More',
    'Host2',
    'x-dropped2',
  ]
  for (let round = 0; round < 2000; round++) {
    const chosen = names.filter(() => random() < 0.5)
    chosen.splice(Math.floor(random() * (chosen.length + 1)), 0, 'Host')
    const values = ['a', 'b c', 'k=v; l=w', '\xff', '*/*']
    const fields = fieldsOf(
      ...chosen.map((name) => `${name}: ${name === 'Connection' ? 'close' : name === 'Host' ? 'h' : one(values)}`),
    )
    const more = random() < 0.5 ? [] : ['more', 'cookie']
    const kept = fields.raw.flatMap((name, i, { [i + 1]: value }) =>
      i % 2 === 1 || DROPPED.has(name) || more.includes(name.toLowerCase()) ? [] : [`\r\n${name}: ${value}`],
    )
    expect(fields.linesWithout(DROPPED, more)).toBe(kept.join(''))
  }
})

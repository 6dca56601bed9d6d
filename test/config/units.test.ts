import { expect, it } from 'vitest'
import { duration, share, size } from '../../src/plugin/index.ts'

const messages = (schema: ReturnType<typeof size> | ReturnType<typeof duration>, written: unknown) =>
  schema.safeParse(written).error?.issues.map(({ message }) => message)

it.each([
  ['250ms', 250],
  ['30s', 30_000],
  ['1.5s', 1500],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['0', 0],
  [0, 0],
  ['0s', 0],
])('reads the duration %s', (written, ms) => {
  expect(duration().parse(written)).toBe(ms)
})

it.each([
  ['512B', 512],
  ['16KiB', 16_384],
  ['1.5MiB', 1_572_864],
  ['1GiB', 1_073_741_824],
  [0, 0],
])('reads the size %s', (written, bytes) => {
  expect(size().parse(written)).toBe(bytes)
})

it.each([
  [30, '"30" has no unit; write "30s" or "30ms"'],
  ['30', '"30" has no unit; write "30s" or "30ms"'],
  ['30sec', '"30sec" has the unknown unit "sec"; known: ms, s, m, h'],
  ['30 s', '"30 s" is not a duration; write "30s"'],
  ['soon', '"soon" is not a duration; write "30s"'],
  ['', '"" is not a duration; write "30s"'],
  [-5, '"-5" is not a duration; write "30s"'],
  [true, 'true is not a duration; write "30s"'],
  ['700h', 'is more than 596h, the longest that a timer can wait'],
])('says of the duration %j what would be right', (written, message) => {
  expect(messages(duration(), written)).toEqual([message])
})

it.each([
  [1024, '"1024" has no unit; write "1024KiB" or "1024MiB"'],
  ['10MB', '"10MB" has the unknown unit "MB"; known: B, KiB, MiB, GiB'],
])('says of the size %j what would be right', (written, message) => {
  expect(messages(size(), written)).toEqual([message])
})

it.each([
  ['20%', 0.2],
  ['0.5%', 0.005],
  ['100%', 1],
  [0, 0],
])('reads the share %s', (written, part) => {
  expect(share().parse(written)).toBe(part)
})

it.each([
  [20, '"20" has no unit; write "20%"'],
  ['120%', 'is more than 100%'],
  ['half', '"half" is not a share; write "20%"'],
])('says of the share %j what would be right', (written, message) => {
  expect(messages(share(), written)).toEqual([message])
})

it('takes more than the whole where that is wanted', () => {
  expect(share(2).parse('150%')).toBe(1.5)
  expect(messages(share(2), '201%')).toEqual(['is more than 200%'])
})

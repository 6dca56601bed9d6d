// What goes wrong with messages, by chance or on purpose.

const BYTES = ['\r\n', '\n', '\r', '\0', ' ', '\t', ':', ',', ';', '0', '-1', '\x7f', '\xff', '\r\n\r\n', '\r\n ']
const WORDS = [' HTTP/1.1\r\n', '0\r\n\r\n', 'ffffffffffffffff\r\n', '1;x\r\n', 'Content-Length : 3\r\n']
const FIELDS = Object.entries({
  'Content-Length:': [' 1', ' 0', ' 00000000000000000000000007', ' +3', ' 3, 3'],
  'Transfer-Encoding:': [' chunked', ' gzip, chunked', '\x0bchunked', ' identity', ' chunked, chunked'],
  'Host:': [' other', ' a b'],
  'Connection:': [' close', ' content-length', ' transfer-encoding, host', ' upgrade\r\nUpgrade: h2c'],
  'Expect:': [' 100-continue'],
})
const SPICE = [...BYTES, ...WORDS, ...FIELDS.flatMap(([name, values]) => values.map((value) => `${name}${value}\r\n`))]

const FIELD = /^[\w-]+:[^\r\n]*\r\n/gm
const SIZE = /^[0-9a-f]+(?=(?:;[^\r\n]*)?\r\n)/gm
const LENGTH = /(?<=^Content-Length: )\d+/gm
const LENGTHS = ['0', '1', '-1', '+5', '0x5', '5 5', '5,5', '', '99999999999999999999', '4294967296', '00', '5;']
const SIZES = ['0', '1', 'ffffffff', '-1', '0x3', '3 ', ' 3', '', '00000000000000000000003', '100000000000000000', 'g']

const mutators = [
  (text, random) => at(text, random, 1, () => String.fromCharCode(random.below(256))),
  (text, random) => at(text, random, 0, () => random.pick(SPICE)),
  (text, random) => at(text, random, 1 + random.below(8), () => ''),
  (text, random) => at(text, random, 1, (cut) => String.fromCharCode(cut.charCodeAt(0) ^ (1 << random.below(8)))),
  (text, random) => at(text, random, random.below(60), (cut) => cut + cut),
  (text, random) => match(text, random, FIELD, (line) => line + line),
  (text, random) => match(text, random, FIELD, (line) => line + random.pick(SPICE)),
  (text, random) => match(text, random, FIELD, () => ''),
  (text, random) =>
    match(text, random, FIELD, (line) => line.replace(':', random.pick([' :', ':\x0b', '\t:', '', ':\r\n ']))),
  (text, random) => match(text, random, LENGTH, (digits) => shifted(digits, 10, random)),
  (text, random) => match(text, random, LENGTH, () => random.pick(LENGTHS)),
  (text, random) => match(text, random, SIZE, (digits) => shifted(digits, 16, random)),
  (text, random) => match(text, random, SIZE, () => random.pick(SIZES)),
  (text, random) => match(text, random, /\r\n/g, () => random.pick(['\n', '\r', '\r\r\n', '\n\r', '\r\n\r\n', ''])),
  (text, random) =>
    match(text, random, /^/g, () =>
      random.pick(['\r\n', '\r\n\r\n', '\n', ' ', '\0', '\x16\x03\x01', 'PRI * HTTP/2.0\r\n\r\n']),
    ),
  (text, random) => match(text, random, FIELD, (line) => line + 'X-Many: 1\r\n'.repeat(random.pick([50, 198, 1100]))),
  (text, random) =>
    match(text, random, FIELD, (line) => `${line}X-Long: ${'y'.repeat(random.pick([8000, 33_000, 70_000]))}\r\n`),
]

export function mutated(text, random) {
  let result = text
  for (let left = 1 + random.below(3); left > 0; left--) result = random.pick(mutators)(result, random)
  return result
}

function at(text, random, length, replace) {
  // Heads are where the meaning is: bodies are long, and get their share.
  const reach = random.chance(75) ? Math.min(text.length, 400) : text.length
  const start = random.below(reach + 1)
  return text.slice(0, start) + replace(text.slice(start, start + length) || ' ') + text.slice(start + length)
}

function match(text, random, pattern, replace) {
  const found = [...text.matchAll(pattern)]
  if (found.length === 0) return text
  const { 0: old, index } = random.pick(found)
  return text.slice(0, index) + replace(old) + text.slice(index + old.length)
}

function shifted(digits, base, random) {
  return Math.max(0, Number.parseInt(digits, base) + random.pick([-7, -2, -1, 1, 2, 60])).toString(base)
}

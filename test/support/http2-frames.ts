/** Frames of RFC 9113 as they are on the wire, for peers that say what no library would. */
export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  window: 8,
  continuation: 9,
} as const

export const CODE = { none: 0, protocol: 1, internal: 2, refused: 7, cancel: 8, calm: 11 } as const

export const END_STREAM = 1
export const END_HEADERS = 4
export const ACK = 1

export interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

export function frame(type: number, flags: number, stream: number, payload: Buffer | string = ''): Buffer {
  const body = Buffer.from(payload as string, 'latin1')
  const head = Buffer.alloc(9)
  head.writeUIntBE(body.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, body])
}

export const settings = (values: Readonly<Record<number, number>> = {}) =>
  frame(FRAME.settings, 0, 0, Buffer.concat(Object.entries(values).map(([id, value]) => setting(Number(id), value))))

export const headers = (stream: number, fields: readonly string[], flags = END_HEADERS) =>
  frame(FRAME.headers, flags, stream, block(fields))

export const data = (stream: number, text: Buffer | string, flags = 0) => frame(FRAME.data, flags, stream, text)

export const reset = (stream: number, code: number) => frame(FRAME.reset, 0, stream, uint32(code))

export const goaway = (lastStream: number, code: number) =>
  frame(FRAME.goaway, 0, 0, Buffer.concat([uint32(lastStream), uint32(code)]))

/** A header block of literals that are never indexed nor compressed (RFC 7541 6.2.2). */
export const block = (fields: readonly string[]) =>
  Buffer.concat(fields.map((text, i) => Buffer.concat([Buffer.from(i % 2 === 0 ? [0] : []), literal(text)])))

/** All whole frames at the start of `input`, and what is left of it. */
export function framesOf(input: Buffer): { frames: Frame[]; rest: Buffer } {
  const frames: Frame[] = []
  let at = 0
  while (input.length - at >= 9) {
    const length = input.readUIntBE(at, 3)
    if (input.length - at < 9 + length) break
    const [type, flags, stream] = [input[at + 3]!, input[at + 4]!, input.readUInt32BE(at + 5) & 0x7fffffff]
    frames.push({ type, flags, stream, payload: input.subarray(at + 9, at + 9 + length) })
    at += 9 + length
  }
  return { frames, rest: input.subarray(at) }
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1')
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes])
  const length = [127]
  let left = bytes.length - 127
  for (; left >= 128; left >>>= 7) length.push((left & 127) | 128)
  return Buffer.concat([Buffer.from([...length, left]), bytes])
}

function setting(id: number, value: number): Buffer {
  return Buffer.concat([Buffer.from([id >> 8, id & 255]), uint32(value)])
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

import { beforeEach, describe, expect, it } from 'vitest'
import { codeOf, request } from '../../support/http2-client.ts'
import { CODE, data, END_HEADERS, END_STREAM, FRAME, headers } from '../../support/http2-frames.ts'
import { until } from '../../support/until.ts'
import { http2Rig, PATH } from './rig.ts'

const rig = http2Rig()
const MALFORMED = `reset ${CODE.protocol}`

beforeEach(() => {
  rig.upstream.asked.length = 0
})

/** The outcome of one request, by its fields. */
async function outcomeOf(fields: readonly string[]): Promise<string> {
  const client = await rig.open()
  return client.write(headers(1, fields, END_HEADERS | END_STREAM)).outcome(1)
}

/** What the instance is asked. */
async function asked(fields: readonly string[]): Promise<Record<string, string | string[] | undefined>> {
  expect(await outcomeOf(fields)).toBe('200')
  return rig.upstream.asked.at(-1)!.headers
}

/** The fields of a request with one of them in another way; without it, if `value` is undefined. */
function changed(name: string, value?: string): string[] {
  const fields = request(PATH)
  const at = fields.indexOf(name)
  fields.splice(at, 2, ...(value === undefined ? [] : [name, value]))
  return fields
}

describe('a request of HTTP/2 becomes one of HTTP/1.1', () => {
  it('with its authority as Host, exactly once, its path byte for byte, and no pseudo-header field', async () => {
    const fields = await asked(request(`${PATH}a%2Fb//c?d=%20;e`, 'x-a', '1', 'x-a', '2'))
    const { url, rawHeaders } = rig.upstream.asked[0]!
    expect(url).toBe('/a%2Fb//c?d=%20;e')
    expect(fields.host).toBe('gateway')
    expect(rawHeaders.filter((_, i) => i % 2 === 0 && /^(host|:.*)$/i.test(rawHeaders[i]!))).toHaveLength(1)
    expect(rawHeaders.join('\n')).toContain('x-a\n1\nx-a\n2')
    expect(fields.via).toMatch(/^2(\.0)? portolan$/)
  })

  it('with its cookies in one field, by RFC 9113 8.2.3', async () => {
    expect((await asked(request(PATH, 'cookie', 'a=1', 'cookie', 'b=2', 'cookie', 'c=3'))).cookie).toBe('a=1; b=2; c=3')
    expect(rig.upstream.asked[0]!.rawHeaders.filter((name) => name.toLowerCase() === 'cookie')).toHaveLength(1)
  })

  it('with bytes beyond ASCII as they are', async () => {
    expect((await asked(request(PATH, 'x-name', 'caf\xc3\xa9 \xe9')))['x-name']).toBe('caf\xc3\xa9 \xe9')
  })

  it('with a body of the length that was told, or in chunks', async () => {
    const client = await rig.open()
    client.ask(1, PATH, { fields: ['content-length', '5'], flags: END_HEADERS }).write(data(1, 'hello', END_STREAM))
    expect(await client.outcome(1)).toBe('200')
    client.ask(3, PATH, { flags: END_HEADERS }).write(data(3, 'hel'), data(3, 'lo'), data(3, '', END_STREAM))
    expect(await client.outcome(3)).toBe('200')
    const [told, chunked] = rig.upstream.asked
    expect([told!.body.toString(), chunked!.body.toString()]).toEqual(['hello', 'hello'])
    expect([told!.headers['content-length'], told!.headers['transfer-encoding']]).toEqual(['5', undefined])
    expect([chunked!.headers['content-length'], chunked!.headers['transfer-encoding']]).toEqual([undefined, 'chunked'])
  })

  it('with neither length nor coding when it has no body', async () => {
    const fields = await asked(request(PATH))
    expect([fields['content-length'], fields['transfer-encoding']]).toEqual([undefined, undefined])
  })

  it('with its trailers, but for what must not be believed there', async () => {
    const client = await rig.open()
    client.ask(1, PATH, { flags: END_HEADERS, fields: ['te', 'trailers'] })
    client.write(
      data(1, 'body'),
      headers(1, ['x-sum', '7', 'host', 'evil', 'authorization', 'me'], END_HEADERS | END_STREAM),
    )
    expect(await client.outcome(1)).toBe('200')
    expect(rig.upstream.asked[0]!.trailers.map((text) => text.toLowerCase())).toEqual(['x-sum', '7'])
  })

  it('on the word of Host, where there is no authority', async () => {
    expect((await asked([...changed(':authority'), 'host', 'named'])).host).toBe('named')
  })

  it('with a body that the client waits with until an instance wants it', async () => {
    const client = await rig.open()
    client.ask(1, PATH, { flags: END_HEADERS, fields: ['expect', '100-continue'] })
    await client.frame('100', ({ stream, flags }) => stream === 1 && (flags & END_STREAM) === 0)
    expect(client.write(data(1, 'go', END_STREAM))).toBe(client)
    await until('the answer', () => client.bodyOf(1).length > 0)
    expect(rig.upstream.asked[0]!.body.toString()).toBe('go')
  })
})

describe('a request that is malformed by RFC 9113 8.2 and 8.3 is reset, and reaches no instance:', () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    'a field about the connection': request(PATH, 'connection', 'x-a', 'x-a', '1'),
    'Keep-Alive': request(PATH, 'keep-alive', 'timeout=5'),
    'Proxy-Connection': request(PATH, 'proxy-connection', 'close'),
    'Transfer-Encoding': request(PATH, 'transfer-encoding', 'chunked'),
    Upgrade: request(PATH, 'upgrade', 'websocket'),
    'TE but trailers': request(PATH, 'te', 'trailers, deflate'),
    'an upper-case name': request(PATH, 'X-Upper', '1'),
    'a line end in the path': changed(':path', `${PATH} HTTP/1.1\r\nx-smuggled: 1\r\n\r\n`),
    'a space in the path': changed(':path', `${PATH} x`),
    'a space in the authority': changed(':authority', 'a b'),
    'a path in the authority': changed(':authority', 'a/b?c'),
    'a line end in the authority': changed(':authority', 'a\r\nx-smuggled: 1'),
    'a space in the method': changed(':method', 'GET / HTTP/1.1'),
    'a line end in the method': changed(':method', 'GET\n'),
    'a space in the scheme': changed(':scheme', 'ht tp'),
    'no method': changed(':method'),
    'no scheme': changed(':scheme'),
    'no path': changed(':path'),
    'an empty path': changed(':path', ''),
    'a path that is a URL': changed(':path', 'http://other/'),
    'neither authority nor Host': changed(':authority'),
    'two methods': [':method', 'GET', ...request(PATH)],
    'two paths': [...request(PATH).slice(0, 6), ':path', PATH, ':authority', 'gateway'],
    'a pseudo-header field after others': ['x-a', '1', ...request(PATH)],
    'an unknown pseudo-header field': [':unknown', '1', ...request(PATH)],
    'one of answers': [':status', '200', ...request(PATH)],
    'an extended CONNECT that was not offered': [...request(PATH), ':protocol', 'websocket'],
    'two lengths': request(PATH, 'content-length', '0', 'content-length', '0'),
    'a length that is none': request(PATH, 'content-length', '+1'),
    'a length without a body': request(PATH, 'content-length', '5'),
  }
  for (const [name, fields] of Object.entries(cases)) {
    it(name, async () => {
      expect(await outcomeOf(fields)).toBe(MALFORMED)
      expect(rig.upstream.asked).toEqual([])
    })
  }

  it.each([
    ['less', 'abc'],
    ['more', 'abcdefg'],
  ])('%s DATA than the length has told', async (_, text) => {
    const client = await rig.open()
    client.ask(1, PATH, { fields: ['content-length', '5'], flags: END_HEADERS }).write(data(1, text, END_STREAM))
    // Newer versions of Node close the connection for more of it, with the same code.
    const told = await client.frame('a reset', ({ type }) => type === FRAME.reset || type === FRAME.goaway)
    expect(told.type === FRAME.reset ? told.payload.readUInt32BE(0) : codeOf(told)).toBe(CODE.protocol)
    await until('the instance has not been told a whole body', () =>
      rig.upstream.asked.every(({ complete }) => !complete),
    )
  })

  it('a pseudo-header field among trailers', async () => {
    const client = await rig.open()
    client
      .ask(1, PATH, { flags: END_HEADERS })
      .write(data(1, 'x'), headers(1, [':path', '/'], END_HEADERS | END_STREAM))
    expect(await client.outcome(1)).toBe(MALFORMED)
  })
})

describe('a field that is none never reaches an instance:', () => {
  const NONE = { 'line end': 'a\r\nx-smuggled: 1', 'line feed': 'a\nb', NUL: 'a\0b' }
  it.each(Object.entries(NONE))('one with a %s in its value', async (_, value) => {
    const client = await rig.open()
    await client.write(headers(1, request(PATH, 'x-bad', value), END_HEADERS | END_STREAM)).outcome(1)
    for (const { rawHeaders } of rig.upstream.asked) expect(rawHeaders.join('\n')).not.toMatch(/smuggled|x-bad/)
  })

  it.each(['x bad', 'x:bad', '', 'x\nbad', 'x\xe9'])('one by the name of %j', async (name) => {
    const client = await rig.open()
    await client.write(headers(1, request(PATH, name, '1'), END_HEADERS | END_STREAM)).outcome(1)
    for (const { rawHeaders } of rig.upstream.asked) expect(rawHeaders).not.toContain(name)
  })
})

describe('a request that is valid, and not for a gateway, is answered with 400, and reaches no instance:', () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    'a Host that is not what the authority says': request(PATH, 'host', 'other'),
    'an authority that is none': changed(':authority', 'a,b'),
    'a scheme that is not of HTTP': changed(':scheme', 'ftp'),
    'bytes beyond ASCII in the path': changed(':path', `${PATH}\xe9`),
    'a fragment in the path': changed(':path', `${PATH}#a`),
    'a backslash in the path': changed(':path', `${PATH}\\a`),
  }
  for (const [name, fields] of Object.entries(cases)) {
    it(name, async () => {
      expect(await outcomeOf(fields)).toBe('400')
      expect(rig.upstream.asked).toEqual([])
    })
  }

  it('an authority with a user, which newer versions of Node take for malformed', async () => {
    expect(['400', MALFORMED]).toContain(await outcomeOf(changed(':authority', 'me@gateway')))
    expect(rig.upstream.asked).toEqual([])
  })

  it('CONNECT, with 405', async () => {
    expect(await outcomeOf([':method', 'CONNECT', ':authority', 'other:443'])).toBe('405')
    expect(rig.upstream.asked).toEqual([])
  })

  it('and the connection serves the next one', async () => {
    const client = await rig.open()
    client.ask(1, PATH, { fields: ['host', 'other'] }).ask(3, PATH, { fields: ['host', 'GATEWAY'] })
    expect(await client.outcome(1)).toBe('400')
    expect(await client.outcome(3)).toBe('200')
  })
})

it('answers OPTIONS * by itself', async () => {
  expect(await outcomeOf([':method', 'OPTIONS', ':scheme', 'http', ':path', '*', ':authority', 'gateway'])).toBe('200')
  expect(rig.upstream.asked).toEqual([])
})

describe('limits of the head', () => {
  it('are told with 431: fields', async () => {
    const many = Array.from({ length: 250 }, (_, i) => [`x-${i}`, '']).flat()
    expect(await outcomeOf(request(PATH, ...many))).toBe('431')
  })

  it('are told with 414: the path', async () => {
    expect(await outcomeOf(request(`${PATH}${'x'.repeat(9000)}`))).toBe('414')
  })

  it('are told with 431: bytes', async () => {
    const client = await rig.open()
    const fields = request(PATH, 'x-a', 'a'.repeat(10_000), 'x-b', 'b'.repeat(10_000))
    client.head(1, fields)
    expect(await client.outcome(1)).toBe('431')
  })

  it('are told by a reset where it is much more', async () => {
    const client = await rig.open()
    client.head(1, request(PATH, ...Array.from({ length: 6 }, (_, i) => [`x-${i}`, 'a'.repeat(15_000)]).flat()))
    expect(await client.outcome(1)).toBe(`reset ${CODE.calm}`)
    expect(rig.upstream.asked).toEqual([])
  })
})

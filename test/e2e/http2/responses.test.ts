import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2'
import { describe, expect, it, onTestFinished } from 'vitest'
import { residentBytes } from '../../support/memory.ts'
import { until } from '../../support/until.ts'
import { echo } from '../../support/upstream.ts'
import { http2Rig, PATH } from './rig.ts'

const MiB = 1024 * 1024
/** What the instance still holds of its answers. */
const held = new Map<string, ServerResponse>()

const rig = http2Rig(function answer(request: IncomingMessage, response: ServerResponse) {
  const { url = '' } = request
  const actions: Record<string, () => void> = {
    '/fields': () => {
      const fields = [
        ['X-A', '1'],
        ['X-A', '2'],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
        ['X-Caf', 'caf\xe9'],
        ['Connection', 'x-hop'],
        ['X-Hop', '1'],
      ].flat()
      response.writeHead(299, 'Odd', fields).end('body')
    },
    '/twice': () => void response.writeHead(200, ['ETag', '"a"', 'ETag', '"b"', 'X-A', '1']).end('body'),
    '/hints': () => {
      response.writeProcessing()
      response.writeEarlyHints({ link: '</a.css>; rel=preload' })
      response.writeHead(200).end('hinted')
    },
    '/trailers': () => {
      response.writeHead(200, { trailer: 'x-sum' }).write('body')
      response.addTrailers({ 'x-sum': '7' })
      response.end()
    },
    '/204': () => void response.writeHead(204).end(),
    '/304': () => void response.writeHead(304, { etag: '"a"' }).end(),
    '/length': () => void response.writeHead(200, { 'content-length': 5 }).end('hello'),
    '/broken': () =>
      void response
        .writeHead(200, { 'content-length': 10 })
        .write('half', () => setImmediate(() => response.destroy())),
    '/cut': () => void response.writeHead(200).write('half', () => setImmediate(() => response.destroy())),
    '/early': () => void response.writeHead(413).end('too much'),
    '/huge': () => pour(response, 200 * MiB),
    '/held': () => {
      held.set(url, response)
      response.writeHead(200).flushHeaders()
    },
    '/silent': () => void held.set(url, response),
  }
  const action = actions[url]
  if (action) action()
  else echo(request, response)
})

function pour(response: ServerResponse, bytes: number): void {
  const chunk = Buffer.alloc(64 * 1024, 'x')
  let left = bytes
  response.writeHead(200)
  const more = () => {
    while (left > 0) {
      left -= chunk.length
      if (!response.write(chunk)) return void response.once('drain', more)
    }
    response.end()
  }
  more()
}

interface Got {
  readonly headers: IncomingHttpHeaders & { ':status'?: number }
  readonly raw: readonly string[]
  readonly informed: readonly IncomingHttpHeaders[]
  readonly trailers: IncomingHttpHeaders | undefined
  readonly body: string
  readonly code: number
}

function session(): ClientHttp2Session {
  const client = connect(rig.gateway.url)
  client.on('error', () => undefined)
  onTestFinished(() => client.destroy())
  return client
}

function get(path: string, method = 'GET', client = session()): Promise<Got> {
  return got(client.request({ ':path': PATH + path, ':method': method }))
}

function got(stream: ClientHttp2Stream): Promise<Got> {
  return new Promise((resolve) => {
    const informed: IncomingHttpHeaders[] = []
    const seen: { headers: IncomingHttpHeaders; raw: string[]; trailers?: IncomingHttpHeaders } = {
      headers: {},
      raw: [],
    }
    let body = ''
    stream.setEncoding('latin1')
    stream.on('headers', (headers) => informed.push(headers))
    stream.on('response', (...[headers, , raw]: [IncomingHttpHeaders, number, string[]?]) => {
      Object.assign(seen, { headers, raw })
    })
    stream.on('trailers', (trailers) => Object.assign(seen, { trailers }))
    stream.on('data', (text) => {
      body += text
    })
    stream.on('error', () => undefined)
    stream.on('close', () => resolve({ ...seen, trailers: seen.trailers, informed, body, code: stream.rstCode }))
  })
}

describe('an answer on HTTP/2', () => {
  it('has the status and the fields of the instance, in lower case, less what is about its connection', async () => {
    const { headers, raw, body, code } = await get('fields')
    expect(headers[':status']).toBe(299)
    expect(raw.join('\n')).toContain('x-a\n1\nx-a\n2\nset-cookie\na=1\nset-cookie\nb=2\nx-caf\ncaf\xe9')
    expect(raw.filter((_, i) => i % 2 === 0)).toEqual(
      raw.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()),
    )
    for (const name of ['connection', 'keep-alive', 'transfer-encoding', 'x-hop'])
      expect(headers).not.toHaveProperty(name)
    expect([body, code]).toEqual(['body', 0])
  })

  it('has in one line what Node would not send in two', async () => {
    expect((await get('twice')).headers.etag).toBe('"a", "b"')
  })

  it('is preceded by the interim ones', async () => {
    const { headers, informed } = await get('hints')
    expect(informed.map((fields) => fields[':status' as keyof typeof fields])).toEqual([102, 103])
    expect(informed[1]!.link).toBe('</a.css>; rel=preload')
    expect(headers).not.toHaveProperty('link')
  })

  it('has its trailers', async () => {
    const { trailers, body, code } = await get('trailers')
    expect([trailers?.['x-sum'], body, code]).toEqual(['7', 'body', 0])
  })

  it.each([
    ['204', 'GET', 204],
    ['304', 'GET', 304],
    ['length', 'HEAD', 200],
    ['fields', 'HEAD', 299],
  ])('ends with its head where it has no body: %s, %s', async (path, method, status) => {
    const { headers, body, code } = await get(path, method)
    expect([headers[':status'], body, code]).toEqual([status, '', 0])
    if (path === 'length') expect(headers['content-length']).toBe('5')
  })

  it.each(['broken', 'cut'])('is reset when the instance breaks off, and never ends clean: %s', async (path) => {
    const { body, code } = await get(path)
    expect([body, code]).toEqual(['half', 2])
    const line = await rig.gateway.logged(path, ({ target }) => target === PATH + path)
    expect(line).toMatchObject({ status: 200, end: 'upstream-broke' })
  })

  it('leaves as it comes: the head at once, and each chunk', async () => {
    const stream = session().request({ ':path': `${PATH}held` })
    const done = got(stream)
    await new Promise((resolve) => stream.once('response', resolve))
    held.get('/held')!.write('one')
    await new Promise((resolve) => stream.once('data', resolve))
    held.get('/held')!.end('two')
    expect((await done).body).toBe('onetwo')
  })

  it('comes before the request has ended, which then is not waited for', async () => {
    const stream = session().request({ ':path': `${PATH}early`, ':method': 'POST' })
    stream.write('some')
    const { headers, body, code } = await got(stream)
    expect([headers[':status'], body, code]).toEqual([413, 'too much', 0])
  })

  it('is a plain one where the gateway answers by itself', async () => {
    const client = session()
    const { headers, body } = await got(client.request({ ':path': '/nowhere' }))
    expect([headers[':status'], headers['content-type']]).toEqual([404, 'application/problem+json'])
    expect(JSON.parse(body).code).toBe('GW_ROUTE_NOT_FOUND')
    expect((await got(client.request({ ':path': '/' }))).body).toBe('Portolan is up.\n')
    expect((await got(client.request({ ':path': '/', ':method': 'HEAD' }))).code).toBe(0)
    expect((await got(client.request({ ':path': '/nowhere', ':method': 'POST' }).end('body'))).headers[':status']).toBe(
      404,
    )
  })
})

describe('a stream on HTTP/2', () => {
  it('that the client resets aborts its own exchange, and no other', async () => {
    const client = session()
    const other = client.request({ ':path': `${PATH}held` })
    await new Promise((resolve) => other.once('response', resolve))
    const stream = client.request({ ':path': `${PATH}silent` })
    const instance = await until('the instance is asked', () => held.get('/silent'))
    stream.close(8)
    await until('the instance hears of it', () => instance.destroyed)
    const done = got(other)
    held.get('/held')!.end('whole')
    expect(await done).toMatchObject({ body: 'whole', code: 0 })
    const line = await rig.gateway.logged('the reset one', ({ target }) => target === `${PATH}silent`)
    expect(line).toMatchObject({ status: 499, code: 'GW_CLIENT_CLOSED', end: 'client-closed' })
  })

  it('that is not read holds back its instance alone, in bounded memory', async () => {
    const client = session()
    const before = await residentBytes(rig.gateway.pid)
    const stream = client.request({ ':path': `${PATH}huge` })
    await new Promise((resolve) => stream.once('response', resolve))
    const [{ body }] = [await get('length', 'GET', client)]
    expect(body).toBe('hello')
    expect((await residentBytes(rig.gateway.pid)) - before).toBeLessThan(48 * MiB)
    let bytes = 0
    stream.on('data', (chunk) => {
      bytes += chunk.length
    })
    await new Promise((resolve) => stream.once('close', resolve))
    expect(bytes).toBe(200 * MiB)
    // What has been sent is collected at the leisure of the version of Node.
    expect((await residentBytes(rig.gateway.pid)) - before).toBeLessThan(100 * MiB)
  }, 30_000)

  it('carries a request body of any size, no faster than the instance takes it', async () => {
    const before = await residentBytes(rig.gateway.pid)
    const stream = session().request({ ':path': `${PATH}silent`, ':method': 'POST' })
    const chunk = Buffer.alloc(64 * 1024, 'x')
    let sent = 0
    const more = () => {
      while (sent < 100 * MiB) {
        sent += chunk.length
        if (!stream.write(chunk)) return void stream.once('drain', more)
      }
      stream.end()
    }
    more()
    await until('the instance has all', () => rig.upstream.asked.at(-1)?.body.length === 100 * MiB)
    expect((await residentBytes(rig.gateway.pid)) - before).toBeLessThan(64 * MiB)
    held.get('/silent')!.end()
    await got(stream)
  }, 30_000)
})

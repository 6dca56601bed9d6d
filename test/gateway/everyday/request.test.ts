import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { expect, it } from 'vitest'
import { EverydayRequest } from '../../../src/gateway/http1/everyday/request.ts'
import { readEverydayHead } from '../../../src/gateway/http1/everyday/request-head.ts'
import { limits } from './limits.ts'

function requestOf(target = '/a', encrypted = false) {
  const text = `GET ${target} HTTP/1.1\r\nHost: a.example:8080\r\nX-One: 1\r\n\r\n`
  const request = new EverydayRequest(readEverydayHead(Buffer.from(text), limits())!, encrypted)
  return { request: request as unknown as Request, leave: () => request.leave() }
}

/** What the Node server adapter would make of it. */
function byAdapter(url: string): string {
  let made = ''
  const listener = getRequestListener((request) => {
    made = request.url
    return new Promise(() => undefined)
  })
  const incoming = { method: 'GET', url, headers: { host: 'a.example:8080' } } as IncomingMessage
  void listener(incoming, { on: () => undefined } as unknown as ServerResponse)
  return made
}

it.each(['/', '/a/b?c=d', '/a/../b', '/a/./b?c', '/a/%2e%2e/b', '/%zz', "/a?b='c'", '//a/b', '/.', '/a.b/..c', '/[a]'])(
  'has the URL of %s that the Node server adapter gives',
  (target) => expect(requestOf(target).request.url).toBe(byAdapter(target)),
)

it('is a Fetch request to whoever looks', async () => {
  const { request } = requestOf()
  expect(request).toBeInstanceOf(Request)
  expect([request.method, request.headers.get('x-one'), request.body, request.bodyUsed]).toEqual([
    'GET',
    '1',
    null,
    false,
  ])
  expect([request.redirect, request.clone().headers.get('host'), await request.text()]).toEqual([
    'follow',
    'a.example:8080',
    '',
  ])
  expect(requestOf('/', true).request.url).toBe('https://a.example:8080/')
})

it('becomes another request, as a middleware may ask', () => {
  const { request } = requestOf()
  request.headers.set('x-two', '2')
  const other = new Request(request, { method: 'PUT', body: 'b' })
  expect([other.url, other.method, other.headers.get('x-one')]).toEqual([request.url, 'PUT', '1'])
  expect(other.headers.get('x-two')).toBe('2')
  expect(new Request('http://other/', request).headers.get('x-one')).toBe('1')
})

it('tells when its client has gone, before and after somebody has asked', () => {
  const asked = requestOf()
  const { signal } = asked.request
  const made = asked.request.clone()
  asked.leave()
  const late = requestOf()
  late.leave()
  expect([signal.aborted, made.signal.aborted, late.request.signal.aborted]).toEqual([true, true, true])
})

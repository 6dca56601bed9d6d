import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { exchange } from '../http1/exchange.ts'
import { http2Upstream, open } from './peers.ts'

const text = (body: Readable) =>
  new Promise<string>((resolve) => {
    let all = ''
    body
      .setEncoding('latin1')
      .on('data', (chunk) => {
        all += chunk
      })
      .on('end', () => resolve(all))
  })

describe('a request', () => {
  it('reaches the instance with its target, its fields and its body', async () => {
    const raw = await http2Upstream(async (stream, headers, fields) => {
      const body = await text(stream)
      stream.respond({ ':status': 200 })
      stream.end(JSON.stringify({ fields, body }))
    })
    const told = await exchange(open(raw), {
      method: 'POST',
      path: '/a%2Fb?c=%20',
      headers: ['Host', 'example.com', 'X-One', 'a', 'Cookie', 'a=1', 'x-one', 'b', 'Accept', 'é'],
      body: Readable.from([Buffer.from('one'), Buffer.from('two')]),
      bodyLength: 6,
    }).over
    expect(told.heard).toEqual(['sending', 'head', 'data', 'end'])
    const { fields, body } = JSON.parse(told.body)
    expect(body).toBe('onetwo')
    expect(fields).toEqual([
      ':method',
      'POST',
      ':scheme',
      'http',
      ':path',
      '/a%2Fb?c=%20',
      ':authority',
      'example.com',
      'x-one',
      'a',
      'x-one',
      'b',
      'cookie',
      'a=1',
      'accept',
      'é',
      'content-length',
      '6',
    ])
  })
})

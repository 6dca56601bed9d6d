import { describe, expect, it } from 'vitest'
import { instance } from '../../src/plugin/index.ts'
import { Protocols, type Transport } from '../../src/proxy/index.ts'
import { SETTINGS } from './http1/exchange.ts'

/** Notes what is opened, sent and closed. */
function noting(name: string, notes: string[]): Transport {
  return {
    open() {
      notes.push(`${name} opened`)
      const send = () => {
        notes.push(`${name} sends`)
        return { pause() {}, resume() {}, abort() {} }
      }
      return { send, close: () => notes.push(`${name} closed`) }
    },
  }
}

function opened(protocol: 'auto' | 'http1' | 'http2', said?: string) {
  const notes: string[] = []
  const transport = new Protocols(noting('http1', notes), noting('http2', notes))
  const metadata = said === undefined ? {} : { protocol: said }
  const upstream = transport.open(instance({ host: 'h', port: 1, metadata }), { ...SETTINGS, protocol })
  const send = (upgrade: string | null) => upstream.send({ upgrade } as never, {} as never)
  return { notes, send, upstream }
}

describe('an instance is called', () => {
  it.each([
    ['auto', undefined, 'http1'],
    ['auto', 'http', 'http1'],
    ['auto', 'https', 'http1'],
    ['auto', 'http/1.1', 'http1'],
    ['auto', 'h2', 'http2'],
    ['auto', 'h2c', 'http2'],
    ['auto', 'gRPC', 'http2'],
    ['auto', 'grpcs', 'http2'],
    ['http1', 'grpc', 'http1'],
    ['http2', undefined, 'http2'],
    ['http2', 'http', 'http2'],
  ] as const)('with protocol %s and metadata %s by %s', (protocol, said, by) => {
    expect(opened(protocol, said).notes).toEqual([`${by} opened`])
  })
})

describe('an upgrade', () => {
  it('goes by HTTP/1.1 to an instance that says of itself that it speaks HTTP/2', () => {
    const { notes, send, upstream } = opened('auto', 'h2')
    send(null)
    send('websocket')
    send('websocket')
    upstream.close()
    const closed = ['http2 closed', 'http1 closed']
    expect(notes).toEqual(['http2 opened', 'http2 sends', 'http1 opened', 'http1 sends', 'http1 sends', ...closed])
  })

  it('goes by HTTP/2 where the file says HTTP/2, which refuses it', () => {
    const { notes, send } = opened('http2')
    send('websocket')
    expect(notes).toEqual(['http2 opened', 'http2 sends'])
  })
})

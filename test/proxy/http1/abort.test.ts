import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { abortsSilently, exchange, open, until } from './exchange.ts'
import { answering, ok, rawUpstream } from './raw-upstream.ts'

const OK = 'HTTP/1.1 200 OK\r\n'

describe('abort', () => {
  it('before anything has happened writes nothing', async () => {
    const raw = await rawUpstream()
    await abortsSilently(exchange(open(raw)), [])
    expect(raw.peers).toEqual([])
  })

  it('while connecting leaves the connection to the next call', async () => {
    const raw = await answering((request) => ok(request.slice(0, 6)))
    const upstream = open(raw, { connections: 1 })
    const first = exchange(upstream, { path: '/1' })
    const second = exchange(upstream, { path: '/2' })
    await Promise.resolve()
    process.nextTick(() => first.call.abort())
    expect((await second.over).body).toBe('GET /2')
    expect(first.heard).toEqual([])
    expect(raw.peers.length).toBe(1)
  })

  it('while waiting leaves the queue', async () => {
    const raw = await rawUpstream()
    const upstream = open(raw, { connections: 1 })
    const [first, second, third] = [
      exchange(upstream),
      exchange(upstream, { path: '/2' }),
      exchange(upstream, { path: '/3' }),
    ]
    await until(() => raw.peers[0]?.received)
    await abortsSilently(second, [])
    raw.peers[0]!.write(ok())
    await first.over
    await until(() => raw.peers[0]!.received.includes('GET /3'))
    expect(raw.peers[0]!.received).not.toContain('GET /2')
    third.call.abort()
  })

  it.each([
    ['for the head', '', ['sending']],
    ['in the middle of the head', OK, ['sending']],
    ['in the middle of the body', `${OK}Content-Length: 9\r\n\r\nabc`, ['sending', 'head', 'data']],
  ])('%s closes the connection and gives its place to another', async (_when, sent, heard) => {
    const raw = await answering((_request, nth) => (nth === 0 ? sent : ok()))
    const upstream = open(raw, { connections: 1 })
    const told = exchange(upstream)
    await until(() => told.heard.length === heard.length)
    const waiting = exchange(upstream)
    await abortsSilently(told, heard)
    await until(() => raw.peers[0]!.gone)
    expect((await waiting.over).body).toBe('ok')
  })

  it.each(['onSending', 'onHead', 'onData'] as const)('within %s is the last the listener hears', async (name) => {
    const raw = await answering(() => ok())
    const told = exchange(open(raw), {}, { [name]: () => told.call.abort() })
    await until(() => raw.peers[0]?.gone)
    expect(told.heard.at(-1)).toBe({ onSending: 'sending', onHead: 'head', onData: 'data' }[name])
  })

  it('during an upload lets the body be', async () => {
    const raw = await rawUpstream()
    const body = new PassThrough()
    const told = exchange(open(raw), { method: 'POST', body })
    body.write('abc')
    await until(() => raw.peers[0]?.received.includes('abc'))
    await abortsSilently(told, ['sending'])
    expect([body.destroyed, body.isPaused(), body.listenerCount('data')]).toEqual([false, true, 0])
    await until(() => raw.peers[0]!.gone)
    expect(raw.peers[0]!.received).not.toContain('0\r\n\r\n')
  })
})

describe('a listener that throws', () => {
  it.each(['onSending', 'onHead', 'onData', 'onEnd', 'onError'] as const)(
    'in %s costs its connection and no more',
    async (name) => {
      const raw = await answering((_request, nth) => (nth > 0 ? ok() : name === 'onError' ? 'garbage\n' : ok()))
      const upstream = open(raw)
      const thrown = () => {
        throw new Error('a bug')
      }
      const told = await exchange(upstream, {}, { [name]: thrown }).over
      expect(told.heard.at(-1)).toMatch(name === 'onEnd' ? /end/ : /error/)
      await until(() => raw.peers[0]!.gone)
      expect((await exchange(upstream).over).body).toBe('ok')
    },
  )
})

import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { CODE, data, END_HEADERS, END_STREAM, FRAME, headers } from '../../support/http2-frames.ts'
import { abortsSilently, exchange, until } from '../http1/exchange.ts'
import { frameUpstream, open } from './peers.ts'

const OK = [':status', '200']
const whole = END_HEADERS | END_STREAM

describe('abort', () => {
  it('before anything has happened writes nothing', async () => {
    const to = await frameUpstream(() => {})
    await abortsSilently(exchange(open(to)), [])
    expect(to.peers).toEqual([])
  })

  it.each([
    ['for the head', [], ['sending']],
    ['in the middle of the body', [headers(1, OK), data(1, 'abc')], ['sending', 'head', 'data']],
  ])('%s cancels this stream, and no other', async (_when, frames, heard) => {
    const to = await frameUpstream((peer, stream) => {
      if (stream === 1) peer.write(...frames)
    })
    const upstream = open(to)
    const [told, other] = [exchange(upstream), exchange(upstream)]
    await until(() => told.heard.length === heard.length && other.heard.length === 1)
    await abortsSilently(told, heard)
    const [peer] = to.peers
    await until(() => peer!.of(FRAME.reset).length > 0)
    expect(peer!.of(FRAME.reset).map(({ stream, payload }) => [stream, payload.readUInt32BE()])).toEqual([
      [1, CODE.cancel],
    ])
    peer!.write(headers(3, OK, whole))
    expect((await other.over).heard).toEqual(['sending', 'head', 'end'])
    expect(to.peers.length).toBe(1)
  })

  it.each(['onSending', 'onHead', 'onData'] as const)('within %s is the last the listener hears', async (name) => {
    const to = await frameUpstream((peer, stream) => peer.write(headers(stream, OK), data(stream, 'abc', END_STREAM)))
    const upstream = open(to)
    const told = exchange(upstream, {}, { [name]: () => told.call.abort() })
    await until(() => told.heard.length > 0)
    await exchange(upstream).over
    expect(told.heard.at(-1)).toBe({ onSending: 'sending', onHead: 'head', onData: 'data' }[name])
  })

  it.each([
    ['that flows', 3],
    ['that waits for room', 2 ** 20],
  ])('during an upload %s lets the body be, and never ends it for the instance', async (_how, size) => {
    const to = await frameUpstream(() => {})
    const body = new PassThrough({ highWaterMark: 2 ** 21 })
    const told = exchange(open(to), { method: 'POST', body })
    body.write(Buffer.alloc(size))
    await until(() => to.peers[0]?.of(FRAME.data).length)
    await abortsSilently(told, ['sending'])
    expect([body.destroyed, body.isPaused(), body.listenerCount('data')]).toEqual([false, true, 0])
    await until(() => to.peers[0]!.of(FRAME.reset).length)
    expect(to.peers[0]!.of(FRAME.data).filter(({ flags }) => flags & END_STREAM)).toEqual([])
  })

  it('of the body by the client does not end it either', async () => {
    const to = await frameUpstream(() => {})
    const body = new PassThrough()
    const told = exchange(open(to), { method: 'POST', body })
    body.write('abc')
    await until(() => to.peers[0]?.of(FRAME.data).length)
    body.destroy()
    expect((await told.over).heard).toEqual(['sending', 'error:body'])
    await until(() => to.peers[0]!.of(FRAME.reset).length)
    expect(to.peers[0]!.of(FRAME.data).filter(({ flags }) => flags & END_STREAM)).toEqual([])
  })

  it.each([
    ['shorter', 'ab'],
    ['longer', 'abcd'],
  ])('a body that is %s than promised is broken off', async (_how, text) => {
    const to = await frameUpstream(() => {})
    const body = new PassThrough()
    body.end(text)
    const told = await exchange(open(to), { method: 'POST', body, bodyLength: 3 }).over
    expect(told.heard).toEqual(['sending', 'error:body'])
    await until(() => to.peers[0]!.of(FRAME.reset).length)
    expect(to.peers[0]!.of(FRAME.data).filter(({ flags }) => flags & END_STREAM)).toEqual([])
  })
})

describe('a listener that throws', () => {
  it.each(['onSending', 'onInformation', 'onHead', 'onData', 'onEnd', 'onError'] as const)(
    'in %s costs its stream and no more',
    async (name) => {
      const answer = [headers(1, [':status', '103']), headers(1, OK), data(1, 'abc', END_STREAM)]
      const bad = [headers(1, ['a', 'b'], whole)]
      const to = await frameUpstream((peer, stream) => {
        if (stream > 1) peer.write(headers(stream, OK, whole))
        else peer.write(...(name === 'onError' ? bad : answer))
      })
      const upstream = open(to)
      const thrown = () => {
        throw new Error('a bug')
      }
      const told = await exchange(upstream, {}, { [name]: thrown }).over
      expect(told.heard.at(-1)).toMatch(name === 'onEnd' ? /end/ : /error/)
      while (to.peers[0]?.of(FRAME.headers).length !== 2) await exchange(upstream).over
      expect(to.peers.length).toBe(1)
    },
  )
})

import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { exchange, open, settled, until } from './exchange.ts'
import { answering, ok, rawUpstream } from './raw-upstream.ts'

const upload = (body: PassThrough, bodyLength: number | null = 3) =>
  ({ method: 'POST', body, bodyLength, expectsContinue: true }) as const

/** An instance that has had the head, and the body that it has not. */
async function asked() {
  const raw = await rawUpstream()
  const body = new PassThrough()
  const call = exchange(open(raw), upload(body))
  await until(() => raw.peers[0]?.received.endsWith('\r\n\r\n'))
  return { peer: raw.peers[0]!, body, call }
}

describe('a body that the client waits with', () => {
  it('is asked for with the head, and read only when the instance says so', async () => {
    const { peer, body, call } = await asked()
    expect(peer.received).toContain('expect: 100-continue\r\n')
    body.write('abc')
    await settled()
    expect(peer.received).toMatch(/\r\n\r\n$/)
    peer.write('HTTP/1.1 100 Continue\r\n\r\n')
    await until(() => peer.received.endsWith('\r\n\r\nabc'))
    peer.write(ok())
    expect((await call.over).heard).toEqual(['sending', 'head', 'data', 'end'])
  })

  it('is read when the instance has said nothing for a second', async () => {
    const { peer, body } = await asked()
    body.write('abc')
    await until(() => peer.received.endsWith('\r\n\r\nabc'))
  })

  it('is not read after another interim response', async () => {
    const { peer, body } = await asked()
    body.write('abc')
    peer.write('HTTP/1.1 103 Early Hints\r\n\r\n')
    await settled()
    expect(peer.received).toMatch(/\r\n\r\n$/)
  })

  it('is never read after a final head, and the connection is closed', async () => {
    const { peer, body, call } = await asked()
    peer.write(ok('no', 'X: y\r\n'))
    expect(await call.over).toMatchObject({ body: 'no', heard: ['sending', 'head', 'data', 'end'] })
    await until(() => peer.gone)
    expect(body.readableFlowing).toBe(null)
  })

  it('is as it was when the connection breaks', async () => {
    const { peer, body, call } = await asked()
    peer.socket.resetAndDestroy()
    expect((await call.over).error?.kind).toBe('reset')
    expect(body.readableFlowing).toBe(null)
    expect(body.listenerCount('data')).toBe(0)
  })

  it('is sent at once when it has come nevertheless', async () => {
    const raw = await answering(() => ok())
    const body = new PassThrough()
    body.end('abc')
    await exchange(open(raw), upload(body)).over
    expect(raw.requests[0]).not.toContain('expect')
    expect(raw.requests[0]).toMatch(/\r\n\r\nabc$/)
  })
})

import { describe, expect, it } from 'vitest'
import { CODE, END_HEADERS, END_STREAM, goaway, headers, reset } from '../../support/http2-frames.ts'
import { serviceRig } from '../service-rig.ts'
import { type FramePeer, frameUpstream } from './peers.ts'

const addressOf = ({ instance }: Awaited<ReturnType<typeof frameUpstream>>) => instance.id
const ok = (peer: FramePeer, stream: number) =>
  peer.write(headers(stream, [':status', '200'], END_HEADERS | END_STREAM))
const HTTP2 = 'upstream: { protocol: http2 }'

describe('a request that an instance has not looked at', () => {
  it.each([
    ['which it refused', (peer: FramePeer, stream: number) => peer.write(reset(stream, CODE.refused))],
    ['before it went away', (peer: FramePeer) => peer.write(goaway(0, CODE.none))],
  ])('%s goes to another one, whatever its method', async (_how, refuse) => {
    const [first, second] = [await frameUpstream(refuse), await frameUpstream(ok)]
    const { answer, events, pool } = await serviceRig(HTTP2, [addressOf(first), addressOf(second)])
    expect(await answer({ method: 'POST' })).toBe('200 ')
    expect(events).toContain('retry:reset')
    expect(pool.offer.candidates.length).toBe(2)
  })

  it('goes to the same one again, when it only closed a session that had served', async () => {
    const to = await frameUpstream((peer, stream) => {
      if (stream === 1) ok(peer, stream)
      else peer.write(goaway(1, CODE.none))
    })
    const { answer } = await serviceRig(HTTP2, [addressOf(to)])
    expect(await answer({ method: 'POST' })).toBe('200 ')
    expect(await answer({ method: 'POST' })).toBe('200 ')
    expect(to.peers.length).toBe(2)
  })

  it('is not sent again with a body that has been read', async () => {
    const [first, second] = [
      await frameUpstream((peer, stream) => peer.write(reset(stream, CODE.refused))),
      await frameUpstream(ok),
    ]
    const { answer } = await serviceRig(HTTP2, [addressOf(first), addressOf(second)])
    expect(await answer({ method: 'POST', body: 'a body' })).toBe('GW_UPSTREAM_RESET')
    expect(second.peers).toEqual([])
  })

  it('is told from one that it may have looked at', async () => {
    const [first, second] = [
      await frameUpstream((peer, stream) => peer.write(reset(stream, CODE.internal))),
      await frameUpstream(ok),
    ]
    const { answer } = await serviceRig(HTTP2, [addressOf(first), addressOf(second)])
    expect(await answer({ method: 'POST' })).toBe('GW_UPSTREAM_RESET')
    expect(await answer()).toBe('200 ')
  })
})

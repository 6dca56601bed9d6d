import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { exchange, open, until } from './exchange.ts'
import { ok, type Peer, rawUpstream } from './raw-upstream.ts'

/** An upload to a peer that does something when it has the beginning, and gets more before anybody has looked what it has done. */
async function upload(does: (peer: Peer) => void) {
  const body = new PassThrough()
  const raw = await rawUpstream((peer) => {
    does(peer)
    body.write('more')
    // The kernel has answered that with a reset by now.
    process.nextTick(() => process.nextTick(() => body.write('and more')))
  })
  const call = exchange(open(raw), { method: 'POST', body })
  body.write('some')
  const told = await call.over
  await until(() => raw.peers[0]!.gone)
  expect(body.listenerCount('data')).toBe(0)
  return told
}

it('hears the early answer of a peer that has closed while the request body still flows', async () => {
  const { heard, body } = await upload(({ socket }) => socket.end(ok('early')).destroy())
  expect(heard).toEqual(['sending', 'head', 'data', 'end'])
  expect(body).toBe('early')
})

it('fails when a peer closes without an answer while the request body still flows', async () => {
  expect((await upload(({ socket }) => socket.destroy())).error?.kind).toBe('reset')
})

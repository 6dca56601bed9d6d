import type { Duplex } from 'node:stream'
import { expect, it } from 'vitest'
import { exchange, open, settled, until } from './exchange.ts'
import { ok, rawUpstream } from './raw-upstream.ts'

const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: Chat/2\r\nConnection: keep-alive, Upgrade\r\n\r\n'

async function switched(answer: string) {
  const raw = await rawUpstream()
  const upstream = open(raw, { connections: 1 })
  let handed: { status: number; tunnel: Duplex; rest: string } | undefined
  const asked = exchange(
    upstream,
    { upgrade: 'chat/2' },
    { onSwitch: ({ status }, tunnel, rest) => (handed = { status, tunnel, rest: rest.toString('latin1') }) },
  )
  await until(() => raw.peers[0]?.received.endsWith('\r\n\r\n'))
  const peer = raw.peers[0]!
  peer.write(answer)
  return { raw, upstream, asked, peer, handed: () => handed }
}

it('asks for the protocol, and hands the connection over with nobody on it, and with what came behind the 101', async () => {
  const { asked, peer, handed } = await switched(`${SWITCH}glued`)
  await until(handed)
  expect(peer.received).toMatch(/\r\nconnection: upgrade\r\nupgrade: chat\/2\r\n\r\n$/)
  expect(asked.heard).toEqual(['sending', 'switch'])
  const { tunnel, status, rest } = handed()!
  expect([status, rest]).toEqual([101, 'glued'])
  expect(['data', 'drain', 'close'].map((event) => tunnel.listenerCount(event))).toEqual([0, 0, 0])
  let heard = ''
  tunnel.on('data', (chunk) => (heard += chunk)).resume()
  peer.write('more')
  await until(() => heard === 'more')
  tunnel.write('up')
  await until(() => peer.received.endsWith('up'))
  tunnel.destroy()
})

it('does not count a tunnel among the connections for requests, nor ends it when the upstream closes', async () => {
  const { raw, upstream, peer, handed } = await switched(SWITCH)
  await until(handed)
  const next = exchange(upstream)
  await until(() => raw.peers[1]?.received)
  raw.peers[1]!.write(ok())
  expect((await next.over).body).toBe('ok')
  upstream.close()
  await settled()
  expect(peer.gone).toBe(false)
  handed()!.tunnel.destroy()
})

it('takes any other final answer for one, and the connection for another request', async () => {
  const { raw, upstream, asked } = await switched(ok('not here'))
  expect((await asked.over).body).toBe('not here')
  const next = exchange(upstream)
  await until(() => raw.peers[0]!.received.split('GET').length === 3)
  raw.peers[0]!.write(ok())
  expect((await next.over).body).toBe('ok')
})

it.each([
  SWITCH.replace('Chat/2', 'chat/3'),
  SWITCH.replace('Chat/2', 'chat/2, other'),
  SWITCH.replace('Upgrade: Chat/2\r\n', ''),
  SWITCH.replace('keep-alive, Upgrade', 'keep-alive'),
])('breaks with protocol at a 101 that is not what was asked for: %j', async (answer) => {
  const { asked, peer } = await switched(answer)
  expect((await asked.over).heard).toEqual(['sending', 'error:protocol'])
  await until(() => peer.gone)
})

it('breaks with protocol at a 101 that was not asked for', async () => {
  const raw = await rawUpstream((peer) => peer.write(SWITCH))
  expect((await exchange(open(raw)).over).heard).toEqual(['sending', 'error:protocol'])
})

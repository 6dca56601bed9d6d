import { expect, it } from 'vitest'
import { until } from '../support/until.ts'
import { connected, type FrontRig, startFront, talk } from './rig.ts'

const GET = 'GET /x HTTP/1.1\r\nhost: a\r\n\r\n'
const from = (address: string) => `PROXY TCP4 ${address} 10.0.0.1 1 80\r\n${GET}`

it('turns away those who come when as many are connected as may be, and lets them in when others have left', async () => {
  const front = await startFront({ limits: { connections: 2 } })
  const [first] = await inside(front, 2)
  expect(await talk(front, [GET], /no room/)).toBe('no room')
  expect(front.refused).toEqual(['connections'])
  first!.destroy()
  await until('one has left', () => front.open === 1)
  expect(await talk(front, [GET])).toContain('1 /x')
})

it('counts exactly, however connections end', async () => {
  const front = await startFront({ limits: { connections: 4, connectionsPerAddress: 4 } })
  for (let round = 0; round < 10; round++) {
    const [ended, destroyed, reset, left] = await inside(front, 4)
    ended!.end()
    destroyed!.destroy()
    reset!.resetAndDestroy()
    left!.write('no HTTP\r\n\r\n')
    await until('all have left', () => front.open === 0)
  }
  expect(front.refused).toEqual([])
})

it('counts the connections of each client by itself', async () => {
  const front = await startFront({ limits: { connectionsPerAddress: 1 }, proxyProtocol: ['127.0.0.1'] })
  const first = connected(front)
  first.write(from('192.0.2.1'))
  await until('it is inside', () => front.through.length === 1)
  expect(await talk(front, [from('192.0.2.1')], /no room/)).toBe('no room')
  expect(await talk(front, [from('192.0.2.2')])).toContain('1 /x')
  expect(front.refused).toEqual(['connections-per-address'])
  first.destroy()
  await until('there is room again', async () =>
    (await talk(front, [from('192.0.2.1')], /1 .x|no room/)).includes('1 /x'),
  )
})

/** So many connections that have come through. */
async function inside(front: FrontRig, count: number) {
  const before = front.through.length
  const sockets = Array.from({ length: count }, () => connected(front))
  await until(`${count} are inside`, () => front.through.length === before + count)
  return sockets
}

import { expect, it } from 'vitest'
import { startFront, talk } from './rig.ts'

it('a connection that the kernel has no room for ends nothing but itself, and is told', async () => {
  const front = await startFront()
  // As Node tells it; when a kernel does is not for a test to choose.
  front.server.emit('error', new Error('accept ENOBUFS'))
  expect(front.log).toEqual([{ level: 'warn', msg: 'a connection could not be accepted', reason: 'accept ENOBUFS' }])
  expect(await talk(front, ['GET / HTTP/1.1\r\nHost: a\r\n\r\n'])).toContain('1 /')
})

import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { expect, it } from 'vitest'
import { readOpening } from '../../src/front/opening.ts'

it('reads what has come in several pieces at once, and puts the rest back before what follows', async () => {
  const socket = new Duplex({ read() {} })
  for (const piece of ['PRO', 'XY ', 'x\nGET', ' / ']) socket.push(piece)
  const opening = await new Promise<Buffer>((done) =>
    readOpening(socket as Socket, (bytes) => (bytes.includes('\n') ? bytes.indexOf('\n') + 1 : undefined), done),
  )
  expect(opening.toString()).toBe('PROXY x\n')
  socket.push(null)
  expect((await socket.toArray()).join('')).toBe('GET / ')
})

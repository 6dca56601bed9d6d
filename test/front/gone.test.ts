import { execFileSync } from 'node:child_process'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { until } from '../support/until.ts'
import { startFront } from './rig.ts'

/** A client that sends a request and resets the connection, all before this process comes to accept it. */
const HASTY = `
  const { connect } = require('node:net')
  const socket = connect(Number(process.argv[1]), '127.0.0.1', () => {
    socket.write('GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n', () => socket.resetAndDestroy())
  })`

it('lets nobody through who has gone before he was let in', async () => {
  const front = await startFront()
  execFileSync(process.execPath, ['-e', HASTY, String(front.port)])
  for (let i = 0; i < 10; i++) await turn()
  expect(front.through).toEqual([])

  front.connect().on('error', () => undefined)
  await until('the next one is through', () => front.through.length === 1)
})

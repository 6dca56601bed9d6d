import { connect as connectTcp } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { connect } from 'node:tls'
import { expect, it, onTestFinished } from 'vitest'
import { certificates } from '../support/certificates.ts'
import { until } from '../support/until.ts'
import { startFront } from './rig.ts'

const ROUNDS = 60
/** What a client may do instead of a handshake. */
const JUNK = ['', 'GET / HTTP/1.1\r\n\r\n', '\x16', '\x16\x03\x01\x00\x05hello']

/** Moments of this process, in which both sides run. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn()
}

it('TLS connections may end at any moment, by anybody: all of them leave, and the process stays', async () => {
  const files = await certificates()
  onTestFinished(() => files.remove())
  const front = await startFront({ tls: { certificates: [files.server], minVersion: 'TLSv1.2', clients: null } })

  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, junk] of JUNK.entries()) {
      const socket = connectTcp(front.port, '127.0.0.1').on('error', () => undefined)
      socket.write(junk, 'latin1')
      void turns(round % 4).then(() => (at % 2 ? socket.destroy() : socket.resetAndDestroy()))
    }
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const options = { port: front.port, rejectUnauthorized: false, maxVersion, ALPNProtocols: ['h2', 'http/1.1'] }
      const socket = connect({ host: '127.0.0.1', ...options }).on('error', () => undefined)
      if (round % 3 === 0) socket.on('secureConnect', () => socket.destroy())
      else void turns(round % 20).then(() => socket.destroy())
    }
    if (round % 5 === 4) front.cut()
    await turns(round % 10)
  }

  await until('all have left', () => front.open === 0)
  expect(new Set(front.refused)).toEqual(new Set(['tls']))
})

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { WireClient } from '../rig/client.ts'
import { request } from '../rig/say.ts'
import { type Case, KNOBS, type Wire } from '../rig/wire.ts'

async function serves(wire: Wire, client: WireClient): Promise<void> {
  client.send(request(`GET ${wire.path('/x')} HTTP/1.1`))
  assert.equal((await client.answer()).status, 200)
}

/** No connection, or one on which nothing is answered. */
async function turnsAway(wire: Wire, options: ConnectionOptions, door: 'tls' | 'mtls'): Promise<void> {
  const client = await wire.connectTls(options, door).catch(() => undefined)
  client?.send(request(`GET ${wire.path('/x')} HTTP/1.1`))
  const answer = await client?.answerOrEnd()
  // nginx says it in a 400.
  if (answer) assert.equal(answer.status, 400)
  await client?.closed()
  assert.deepEqual(wire.upstream.requests, [])
}

const own = ({ certificates: { client } }: Wire) => ({
  cert: readFileSync(client.cert),
  key: readFileSync(client.key),
})

const toInstances: readonly Case[] = [
  {
    rule: 107,
    level: 'must',
    name: 'an instance whose certificate holds is asked by TLS',
    tlsUpstream: 'trusted',
    run: async (wire) => serves(wire, await wire.connect()),
  },
  ...(['untrusted', 'misnamed'] as const).map(
    (tlsUpstream): Case => ({
      rule: 107,
      level: 'must',
      name: `an instance whose certificate is ${tlsUpstream} is not asked: 502, without a word of why`,
      tlsUpstream,
      async run(wire) {
        const client = await wire.connect()
        client.send(request(`GET ${wire.path('/x')} HTTP/1.1`))
        const answer = await client.answer()
        // HAProxy says 503 for whatever it cannot connect to.
        assert.ok([502, 503].includes(answer.status), `answered ${answer.status}`)
        assert.doesNotMatch(answer.message.rawHead + answer.body, /certificate|self.signed|unable|verify|127\.0\.0\.1/i)
        assert.deepEqual(wire.upstream.requests, [])
        assert.ok(wire.upstream.dials > 0, 'nobody was called')
      },
    }),
  ),
]

const ofClients: readonly Case[] = [
  {
    rule: 108,
    level: 'must',
    name: 'a client is turned away that has no certificate where one is asked for',
    needs: ['mtls'],
    run: (wire) => turnsAway(wire, {}, 'mtls'),
  },
  {
    rule: 108,
    level: 'must',
    name: 'instances are told whose certificate it is, and nobody can say so himself',
    needs: ['mtls'],
    async run(wire) {
      const client = await wire.connectTls(own(wire), 'mtls')
      client.send(request(`GET ${wire.path('/x')} HTTP/1.1`, `${KNOBS.clientHeader}: CN=root`))
      assert.equal((await client.answer()).status, 200)
      // HAProxy writes it in the manner of OpenSSL.
      assert.match((await wire.upstream.request()).field(KNOBS.clientHeader) ?? '', /^\/?CN=client$/)
    },
  },
  {
    rule: 108,
    level: 'must',
    name: 'a client that resumes its session is still known',
    needs: ['mtls'],
    async run(wire) {
      const session = await sessionOf(await wire.connectTls({ ...own(wire), maxVersion: 'TLSv1.2' }, 'mtls'))
      const client = await wire.connectTls({ ...own(wire), maxVersion: 'TLSv1.2', session }, 'mtls')
      await serves(wire, client)
      assert.match((await wire.upstream.request()).field(KNOBS.clientHeader) ?? '', /CN=client$/)
    },
  },
]

const versions: readonly Case[] = [
  ...(['TLSv1.2', 'TLSv1.3'] as const).map(
    (version): Case => ({
      rule: 108,
      level: 'should',
      name: `speaks ${version}`,
      needs: ['tls'],
      async run(wire) {
        const client = await wire.connectTls({ minVersion: version, maxVersion: version })
        assert.equal((client.socket as TLSSocket).getProtocol(), version)
        await serves(wire, client)
      },
    }),
  ),
  {
    rule: 108,
    level: 'should',
    name: 'does not speak TLS 1.1',
    needs: ['tls'],
    run: (wire) =>
      turnsAway(wire, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }, 'tls'),
  },
  ...(['h2', 'http/1.1'] as const).map(
    (protocol): Case => ({
      rule: 108,
      level: 'should',
      name: `agrees by ALPN on ${protocol} where a client prefers it`,
      needs: ['tls'],
      async run(wire) {
        const ALPNProtocols = protocol === 'h2' ? ['h2', 'http/1.1'] : [protocol]
        const { socket } = await wire.connectTls({ ALPNProtocols })
        assert.equal((socket as TLSSocket).alpnProtocol, protocol)
      },
    }),
  ),
  {
    rule: 108,
    level: 'should',
    name: 'resumes the session of a connection before, wherever it lands',
    needs: ['tls'],
    async run(wire) {
      const session = await sessionOf(await wire.connectTls({ maxVersion: 'TLSv1.2' }))
      for (let time = 0; time < 4; time++) {
        const client = await wire.connectTls({ maxVersion: 'TLSv1.2', session })
        assert.equal((client.socket as TLSSocket).isSessionReused(), true)
        await serves(wire, client)
      }
    },
  },
]

const BROKEN: Readonly<Record<string, string>> = {
  'HTTP without TLS': 'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  garbage: '\x16\x03\x01\x00\x05hello and more of it',
  'the first byte of a handshake': '\x16',
  nothing: '',
}

const handshakes = Object.entries(BROKEN).map(
  ([what, bytes]): Case => ({
    rule: 108,
    level: 'must',
    name: `a handshake that is ${what} ends in time, and hurts nobody else`,
    needs: ['tls'],
    async run(wire) {
      const client = new WireClient(await wire.socket('tls'))
      await client.send(bytes).closed()
      await serves(wire, await wire.connectTls())
    },
  }),
)

async function sessionOf({ socket }: WireClient): Promise<Buffer> {
  const session = (socket as TLSSocket).getSession()
  assert.ok(session, 'no session')
  return session
}

export const cases: readonly Case[] = [...toInstances, ...ofClients, ...versions, ...handshakes]

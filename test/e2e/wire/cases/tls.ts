import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { TLSSocket } from 'node:tls'
import { request } from '../rig/say.ts'
import type { Case } from '../rig/wire.ts'

const outbound: readonly Case[] = [
  {
    rule: 107,
    level: 'must',
    tlsUpstream: 'trusted',
    name: 'asks an instance by TLS whose certificate somebody vouches for',
    async run({ connect, path, upstream }) {
      const client = await connect()
      const { status, body } = await client.send(request(`GET ${path('/x')} HTTP/1.1`)).answer()
      assert.deepEqual([status, body], [200, 'ok'])
      assert.equal((upstream.connections[0]!.socket as TLSSocket).encrypted, true)
    },
  },
  ...(['untrusted', 'misnamed'] as const).map(
    (tlsUpstream): Case => ({
      rule: 107,
      level: 'must',
      tlsUpstream,
      name: `answers 502 for an instance whose certificate is ${tlsUpstream}, and says no more about it`,
      async run({ connect, path, upstream }) {
        const client = await connect()
        const { status, body } = await client.send(request(`GET ${path('/x')} HTTP/1.1`)).answer()
        assert.ok([502, 503].includes(status), `answered ${status}`)
        assert.doesNotMatch(body, /certificate|self.signed|CERT|127\.0\.0\.1|altname/)
        assert.deepEqual(upstream.requests, [])
        assert.ok(upstream.dials > 0, 'nobody was called')
      },
    }),
  ),
]

const inbound: readonly Case[] = [
  {
    rule: 108,
    level: 'must',
    needs: ['tls'],
    name: 'serves HTTP/1.1 by TLS, and tells the instance so',
    async run({ connectTls, path, upstream }) {
      const client = await connectTls()
      assert.equal((await client.send(request(`GET ${path('/x')} HTTP/1.1`)).answer()).status, 200)
      assert.equal(upstream.requests[0]!.field('x-forwarded-proto'), 'https')
    },
  },
  ...['TLSv1.2', 'TLSv1.3'].map(
    (version): Case => ({
      rule: 108,
      level: 'must',
      needs: ['tls'],
      name: `speaks ${version}`,
      async run({ connectTls, path }) {
        const client = await connectTls({ minVersion: version as 'TLSv1.2', maxVersion: version as 'TLSv1.2' })
        assert.equal((client.socket as TLSSocket).getProtocol(), version)
        assert.equal((await client.send(request(`GET ${path('/x')} HTTP/1.1`)).answer()).status, 200)
      },
    }),
  ),
  ...['TLSv1', 'TLSv1.1'].map(
    (version): Case => ({
      rule: 108,
      level: 'must',
      needs: ['tls'],
      name: `does not speak ${version}`,
      async run({ connectTls }) {
        const range = { minVersion: version as 'TLSv1', maxVersion: version as 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }
        await assert.rejects(connectTls(range), /alert|handshake|protocol|reset|disconnected/i)
        await connectTls()
      },
    }),
  ),
  ...[['h2', 'http/1.1'], ['http/1.1'], ['http/1.1', 'h2']].map(
    (offered): Case => ({
      rule: 108,
      level: 'must',
      needs: ['tls'],
      name: `chooses a protocol by ALPN of ${offered.join(' and ')}`,
      async run({ connectTls }) {
        const { socket } = await connectTls({ ALPNProtocols: offered })
        const chosen = (socket as TLSSocket).alpnProtocol as string
        assert.ok(offered.includes(chosen), `chose ${chosen}`)
        if (offered[0] === 'h2') assert.equal(chosen, 'h2')
      },
    }),
  ),
  {
    rule: 108,
    level: 'should',
    needs: ['mtls'],
    name: 'takes no client without a certificate where one is wanted',
    async run({ connectTls, path, upstream }) {
      // In TLS 1.3 the client is connected before it hears of the refusal; some tell it as HTTP.
      const client = await connectTls({}, 'mtls').catch(() => undefined)
      const answer = await client?.send(request(`GET ${path('/x')} HTTP/1.1`)).answerOrEnd()
      if (answer) assert.ok(answer.status >= 400)
      assert.deepEqual(upstream.requests, [])
    },
  },
  {
    rule: 108,
    level: 'should',
    needs: ['mtls'],
    name: 'tells the instance whose certificate it was, and nobody else can',
    async run({ connectTls, path, upstream, certificates: { client: own } }) {
      const files = { cert: readFileSync(own.cert), key: readFileSync(own.key) }
      const client = await connectTls(files, 'mtls')
      const { status } = await client.send(request(`GET ${path('/x')} HTTP/1.1`, 'X-Client-Subject: CN=evil')).answer()
      assert.equal(status, 200)
      const told = upstream.requests[0]!.all('x-client-subject').join()
      assert.match(told, new RegExp(new X509Certificate(files.cert).subject))
      assert.doesNotMatch(told, /evil/)
    },
  },
]

export const cases: readonly Case[] = [...outbound, ...inbound]

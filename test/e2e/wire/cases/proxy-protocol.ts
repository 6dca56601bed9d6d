import assert from 'node:assert/strict'
import { WireClient } from '../rig/client.ts'
import { alive } from '../rig/hostile.ts'
import { request } from '../rig/say.ts'
import type { Case, Wire } from '../rig/wire.ts'

const LINE = 'PROXY TCP4 192.0.2.7 10.0.0.1 12345 80\r\n'
const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n'
const V4 = '\xc0\0\x02\x07\x0a\0\0\x01\x30\x39\0\x50'
const V6 = `\x20\x01\x0d\xb8${'\0'.repeat(11)}\x07${'\0'.repeat(15)}\x01\x30\x39\0\x50`
const length = (text: string) => String.fromCharCode(text.length >> 8, text.length & 255)
const second = (command: string, family: string, rest: string) =>
  `${SIGNATURE}${command}${family}${length(rest)}${rest}`

/** From 127.0.0.1, which is to send a header. */
async function client(wire: Wire): Promise<WireClient> {
  return new WireClient(await wire.socket('proxy'))
}

const HEADERS: Readonly<Record<string, readonly [header: string, client: string]>> = {
  'version 1, IPv4': [LINE, '192.0.2.7'],
  'version 1, IPv6': ['PROXY TCP6 2001:db8::7 ::1 12345 80\r\n', '2001:db8::7'],
  'version 1, unknown': ['PROXY UNKNOWN\r\n', '127.0.0.1'],
  'version 1, unknown, with something behind it': ['PROXY UNKNOWN a b c d\r\n', '127.0.0.1'],
  'version 2, IPv4': [second('\x21', '\x11', V4), '192.0.2.7'],
  'version 2, IPv6': [second('\x21', '\x21', V6), '2001:db8::7'],
  'version 2, with additions': [second('\x21', '\x11', `${V4}\x04\0\x04abcd\x02\0\x03www`), '192.0.2.7'],
  'version 2, of the balancer itself': [second('\x20', '\0', ''), '127.0.0.1'],
  'version 2, of no family': [second('\x21', '\0', ''), '127.0.0.1'],
}

const named = Object.entries(HEADERS).flatMap(([what, [header, address]]): Case[] => {
  const judge = async (wire: Wire, sender: WireClient) => {
    assert.equal((await sender.answer()).status, 200)
    assert.equal((await wire.upstream.request()).field('x-forwarded-for'), address)
    sender.send(request(`GET ${wire.path('/again')} HTTP/1.1`))
    assert.equal((await sender.answer()).status, 200)
    assert.equal((await wire.upstream.request(2)).field('x-forwarded-for'), address)
  }
  return [
    {
      rule: 125,
      level: 'must',
      name: `the client is whom a PROXY header names (${what})`,
      needs: ['proxy'],
      async run(wire) {
        const sender = await client(wire)
        await judge(wire, sender.send(header + request(`GET ${wire.path('/x')} HTTP/1.1`)))
      },
    },
    {
      rule: 125,
      level: 'should',
      name: `a PROXY header may come byte by byte (${what})`,
      needs: ['proxy'],
      async run(wire) {
        const sender = await client(wire)
        for (const byte of header + request(`GET ${wire.path('/x')} HTTP/1.1`)) {
          await new Promise((written) => sender.socket.write(Buffer.from(byte, 'latin1'), written))
        }
        await judge(wire, sender)
      },
    },
  ]
})

const NO_HEADERS: Readonly<Record<string, string>> = {
  'no header': '',
  'a line with a wrong family': LINE.replace('TCP4', 'TCP5'),
  'a line with an address of the other family': LINE.replace('TCP4', 'TCP6'),
  'a line with an address that is none': LINE.replace('192.0.2.7', '192.0.2.777'),
  'a line with a port that is none': LINE.replace('12345', '123456'),
  'a line that is too long': `PROXY UNKNOWN ${'x'.repeat(200)}\r\n`,
  'a signature of version 3': second('\x31', '\x11', V4),
  'an unknown command': second('\x2f', '\x11', V4),
  'addresses that are cut short': second('\x21', '\x11', V4.slice(0, 8)),
}

const refused = Object.entries(NO_HEADERS).map(
  ([what, header]): Case => ({
    rule: 125,
    level: 'must',
    name: `a connection that must have a PROXY header is closed for ${what}`,
    needs: ['proxy'],
    async run(wire) {
      const sender = await client(wire)
      sender.send(header + request(`GET ${wire.path('/x')} HTTP/1.1`))
      // An answer of 400 says the same.
      const answer = await sender.answerOrEnd()
      if (answer) assert.equal(answer.status, 400)
      await sender.closed()
      assert.deepEqual(wire.upstream.requests, [])
    },
  }),
)

const others: readonly Case[] = [
  {
    rule: 125,
    level: 'must',
    name: 'a PROXY header is not waited for for ever',
    needs: ['proxy'],
    async run(wire) {
      const sender = await client(wire)
      await sender.send('PROXY TCP4').closed()
    },
  },
  {
    rule: 125,
    level: 'must',
    name: 'a PROXY header of somebody who is not to send one is malformed HTTP',
    async run(wire) {
      const sender = await wire.connect()
      const answer = await sender.send(LINE + request(`GET ${wire.path('/x')} HTTP/1.1`)).answerOrEnd()
      if (answer) assert.equal(answer.status, 400)
      await sender.closed()
      await alive(wire)
      assert.equal(wire.upstream.requests.length, 1)
    },
  },
]

export const cases: readonly Case[] = [...named, ...refused, ...others]

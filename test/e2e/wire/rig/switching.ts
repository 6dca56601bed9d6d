import type { WireClient } from './client.ts'
import { request } from './say.ts'
import type { UpstreamRequest } from './upstream.ts'
import type { Wire } from './wire.ts'

const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='

/** A request to switch to WebSocket. */
export function upgrade(path: string, ...fields: readonly string[]): string {
  const asked = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', KEY, ...fields]
  return request(`GET ${path} HTTP/1.1`, ...asked)
}

/** The 101 to it. */
export function switching(...fields: readonly string[]): string {
  const said = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=']
  return `HTTP/1.1 ${['101 Switching Protocols', ...said, ...fields].join('\r\n')}\r\n\r\n`
}

/** A tunnel between the client and the upstream, with the head of the 101 already taken off. */
export async function tunnel(wire: Wire): Promise<{ client: WireClient; asked: UpstreamRequest }> {
  const { connect, path, upstream } = wire
  upstream.respond((asked) => {
    asked.connection.tunnel()
    asked.write(switching())
  })
  const client = await connect()
  const before = upstream.requests.length
  client.send(upgrade(path('/')))
  const asked = await upstream.request(before + 1)
  const { status } = await client.answer()
  if (status !== 101) throw new Error(`no switch: ${status}`)
  return { client, asked }
}

import type { Socket } from 'node:net'
import { ids } from './call.ts'
import { onceEnded } from './ended.ts'
import type { GatewayProcess } from './gateway.ts'
import { RawClient } from './raw.ts'
import { until } from './until.ts'
import { startRawUpstream, type Upstream } from './upstream.ts'

/** The instance's end of a connection, byte for byte. */
export class RawInstance {
  readonly socket: Socket
  /** In latin1. */
  received = ''
  ended: 'end' | 'reset' | undefined

  constructor(socket: Socket) {
    this.socket = socket
    socket.allowHalfOpen = true
    socket.setNoDelay(true)
    socket.on('data', (chunk) => {
      this.received += chunk.toString('latin1')
    })
    onceEnded(socket, (how) => {
      this.ended = how
    })
  }

  sees(wanted: string | RegExp): Promise<unknown> {
    const holds = () => (typeof wanted === 'string' ? this.received.includes(wanted) : wanted.test(this.received))
    return until(`${wanted} at the instance, in ${JSON.stringify(this.received.slice(0, 300))}`, holds)
  }

  write(bytes: string | Buffer): this {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
    return this
  }
}

export interface RawInstances extends Upstream {
  readonly ends: RawInstance[]
  end(n?: number): Promise<RawInstance>
}

/** An instance that says nothing by itself. */
export async function startRawInstance(): Promise<RawInstances> {
  const ends: RawInstance[] = []
  const upstream = await startRawUpstream((socket) => ends.push(new RawInstance(socket)))
  return { ...upstream, ends, end: (n = 0) => until(`connection ${n} at the instance`, () => ends[n]) }
}

/** A request for `/services/s/` that asks to switch. */
export function switchRequest(protocol = 'websocket', ...fields: string[]): string {
  const lines = ['GET /services/s/ HTTP/1.1', 'Host: gateway', 'Connection: Upgrade', `Upgrade: ${protocol}`, ...fields]
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** The instance's answer that it has. */
export function switchAnswer(protocol = 'websocket', ...fields: string[]): string {
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', `Upgrade: ${protocol}`, ...fields]
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** A tunnel with a bare socket at either end. */
export async function openTunnel(gateway: GatewayProcess, instance: RawInstances, protocol = 'websocket') {
  const client = await RawClient.open(gateway.port)
  const before = instance.ends.length
  const id = ids()
  client.write(switchRequest(protocol, `X-Request-Id: ${id}`))
  const end = await instance.end(before)
  await end.sees('\r\n\r\n')
  end.write(switchAnswer(protocol))
  await client.until('\r\n\r\n')
  client.received = ''
  end.received = ''
  return { client, end, access: () => gateway.accessOf(id) }
}

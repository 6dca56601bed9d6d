import { connect } from 'node:net'
import { onTestFinished } from 'vitest'
import { Http2Client } from './http2-client.ts'

/** Connects, and says nothing. Gone with the test. */
export function connectHttp2(port: number): Promise<Http2Client> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    onTestFinished(() => void socket.destroy())
    socket.once('connect', () => resolve(new Http2Client(socket))).once('error', reject)
  })
}

/** Connects, and exchanges settings. */
export async function openHttp2(port: number, values: Readonly<Record<number, number>> = {}): Promise<Http2Client> {
  return (await connectHttp2(port)).greet(values)
}

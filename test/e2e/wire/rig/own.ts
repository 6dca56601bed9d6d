import { connect } from 'node:net'
import { expect, onTestFinished } from 'vitest'
import type { GatewayProcess } from '../../../support/gateway.ts'
import { type Answer, WireClient } from './client.ts'
import { ok, request } from './say.ts'
import { WireUpstream } from './upstream.ts'

/**
 * Both ends of the wire for tests that have a gateway of their own, since they signal it, or cut its registry off. All of it is
 * gone with the test.
 * @module
 */

/** An instance that answers with `body`. The test fails when the gateway writes to it what is no HTTP. */
export async function startInstance(body = 'ok', host?: string): Promise<WireUpstream> {
  const instance = new WireUpstream().respond(ok(body))
  await instance.listen(host)
  onTestFinished(() => {
    instance.close()
    expect(instance.connections.map(({ violation }) => violation).filter(Boolean)).toEqual([])
  })
  return instance
}

export function openClient({ port }: Pick<GatewayProcess, 'port'>): Promise<WireClient> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    onTestFinished(() => void socket.destroy())
    socket.once('connect', () => resolve(new WireClient(socket))).once('error', reject)
  })
}

/** A request for a service by its path. */
export const get = (service: string, rest = '/') => request(`GET /services/${service}${rest} HTTP/1.1`)

/** One request on a connection of its own. */
export async function ask(gateway: GatewayProcess, service: string): Promise<Answer> {
  const client = await openClient(gateway)
  const answer = await client.send(get(service)).answer()
  client.socket.destroy()
  return answer
}

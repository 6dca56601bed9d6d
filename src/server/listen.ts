import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use',
  EACCES: 'not permitted',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'no such host',
}

export interface Address {
  readonly host: string
  readonly port: number
}

/**
 * @param exclusive in a worker of Node's cluster: it accepts for itself, and shares the address with nobody
 * @throws Error with a line for people that says where and why not
 */
export async function listen(server: Server, { host, port }: Address, exclusive = false): Promise<AddressInfo> {
  server.listen({ port, host, exclusive })
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`cannot listen on ${host}:${port}: ${REASONS[cause.code ?? ''] ?? cause.message}`, { cause })
  })
  return server.address() as AddressInfo
}

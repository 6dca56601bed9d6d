import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use',
  EACCES: 'not permitted',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'no such host',
}

/** @throws Error with a line for people that says where and why not */
export async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<AddressInfo> {
  server.listen(port, host)
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`cannot listen on ${host}:${port}: ${REASONS[cause.code ?? ''] ?? cause.message}`, { cause })
  })
  return server.address() as AddressInfo
}

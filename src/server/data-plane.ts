import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { ServerConfig } from '../config/types.ts'
import type { dataPlaneOf } from '../container.ts'

type Parts = ReturnType<typeof dataPlaneOf>

/** @throws Error with the code of the system, such as EADDRINUSE */
export async function listen({ listener: { server } }: Parts, { host, port }: ServerConfig): Promise<AddressInfo> {
  server.listen(port, host)
  await once(server, 'listening')
  return server.address() as AddressInfo
}

/** A line for people instead of the system's error. */
export function listenFailure(error: unknown, host: string, port: number): string {
  const { code, message } = error as NodeJS.ErrnoException
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'the address is in use',
    EACCES: 'not permitted',
    EADDRNOTAVAIL: 'this machine has no such address',
    ENOTFOUND: 'no such host',
  }
  return `cannot listen on ${host}:${port}: ${reasons[code ?? ''] ?? message}`
}

import type { AdminConfig } from '../config/types.ts'

const TIMEOUT_MS = 3000

/** Where a gateway on this machine has its admin port: a wildcard is reached through loopback. */
export function adminAddress({ host, port }: AdminConfig): string {
  if (host === '0.0.0.0') return `127.0.0.1:${port}`
  if (host === '::') return `[::1]:${port}`
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

export interface Question {
  readonly method?: 'GET' | 'POST'
  readonly timeoutMs?: number
}

/** @throws Error when there is no answer in time; `refused` tells whether nobody is there */
export async function askAdmin(
  admin: AdminConfig,
  path: string,
  { method = 'GET', timeoutMs = TIMEOUT_MS }: Question = {},
): Promise<Response> {
  const headers: Record<string, string> = admin.token === null ? {} : { authorization: `Bearer ${admin.token}` }
  return fetch(`http://${adminAddress(admin)}${path}`, { method, headers, signal: AbortSignal.timeout(timeoutMs) })
}

/** Whether an error of `askAdmin` means that there is no gateway. */
export function refused(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: string } }
  return cause?.code === 'ECONNREFUSED'
}

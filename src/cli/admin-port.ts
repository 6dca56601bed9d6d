import type { AdminConfig, GatewayConfig } from '../config/types.ts'

const TIMEOUT_MS = 3000
const PATIENCE_MS = 15_000

/** Where a gateway on this machine has its admin port: a wildcard is reached through loopback. */
export function adminAddress({ host, port }: AdminConfig): string {
  if (host === '0.0.0.0') return `127.0.0.1:${port}`
  if (host === '::') return `[::1]:${port}`
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

export interface AdminQuestion {
  /** POST when there is a body. */
  readonly method?: 'GET' | 'POST'
  readonly timeoutMs?: number
  /** Sent as JSON. */
  readonly body?: object
}

/** @throws Error when there is no answer in time; `refused` tells whether nobody is there */
export async function askAdmin(
  admin: AdminConfig,
  path: string,
  { body, method = body ? 'POST' : 'GET', timeoutMs = TIMEOUT_MS }: AdminQuestion = {},
): Promise<Response> {
  const headers = {
    ...(admin.token !== null && { authorization: `Bearer ${admin.token}` }),
    ...(body && { 'content-type': 'application/json' }),
  }
  const sent = { method, headers, ...(body && { body: JSON.stringify(body) }) }
  return fetch(`http://${adminAddress(admin)}${path}`, { signal: AbortSignal.timeout(timeoutMs), ...sent })
}

/** Whether the gateway of this configuration runs. @throws Error when it does, or may, and does not answer */
export async function isRunning({ admin }: GatewayConfig): Promise<boolean> {
  try {
    await askAdmin(admin, '/healthz')
    return true
  } catch (error) {
    if (!refused(error) && admin.port !== 0) throw noAnswer(admin, (error as Error).message)
    return false
  }
}

/** What the running gateway answers. @throws Error that says why there is no such answer */
export async function answerOf<Body>({ admin }: GatewayConfig, path: string, body?: object): Promise<Body> {
  const options = { timeoutMs: PATIENCE_MS, ...(body && { body }) }
  const response = await askAdmin(admin, path, options).catch((error: Error) => {
    throw noAnswer(admin, error.message)
  })
  if (response.status === 401) throw noAnswer(admin, 'it wants another admin.token')
  if (!response.ok) throw noAnswer(admin, `${path} answers ${response.status}; is that a Portolan of this version?`)
  return (await response.json()) as Body
}

const noAnswer = (admin: AdminConfig, reason: string) =>
  new Error(`no answer from the gateway's admin port ${adminAddress(admin)}: ${reason}`)

/** Whether an error of `askAdmin` means that there is no gateway. */
export function refused(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: string } }
  return cause?.code === 'ECONNREFUSED'
}

import { loadConfig } from '../config/index.ts'
import { adminAddress, askAdmin, refused } from './admin-port.ts'
import { type Console, ExitCode } from './console.ts'

/** Asks the running gateway to give an instance no new work, or to give it work again. */
export async function drain(
  verb: 'drain' | 'undrain',
  file: string,
  service: string,
  instance: string,
  { json }: { readonly json?: boolean },
  console: Console,
): Promise<number> {
  const { admin } = (await loadConfig(file, console)).config
  const path = `/api/services/${encodeURIComponent(service)}/instances/${encodeURIComponent(instance)}/${verb}`
  try {
    const response = await askAdmin(admin, path, { method: 'POST' })
    if (response.status === 401) throw new Error(`the gateway's admin port wants another admin.token`)
    const answer = (await response.json()) as { readonly changed: boolean; readonly error?: string }
    if (!response.ok) throw new Error(answer.error ?? `the admin port answers ${response.status}`)
    const text = `${service} ${instance} ${PHRASES[verb][answer.changed ? 'changed' : 'same']}`
    console.stdout.write(`${json ? JSON.stringify(answer) : text}\n`)
    return ExitCode.ok
  } catch (error) {
    const reason = refused(error) ? `no gateway answers at ${adminAddress(admin)}` : (error as Error).message
    console.stderr.write(`portolan: ${reason}\n`)
    return ExitCode.failure
  }
}

const PHRASES = {
  drain: { changed: 'is draining', same: 'was draining already' },
  undrain: { changed: 'is no longer drained', same: 'was not drained by the admin' },
} as const

import type { Agent } from 'node:http'
import { call } from './call.ts'
import { startUpstream, type Upstream } from './upstream.ts'

export interface Named extends Upstream {
  readonly name: string
}

/** Instances that answer with their names. */
export function named(...names: readonly string[]): Promise<Named[]> {
  return Promise.all(
    names.map(async (name) => ({ name, ...(await startUpstream((_, response) => void response.end(name))) })),
  )
}

/** To be among a gateway's files and plugins: tells by a header of each answer which process it came through. */
export const WHICH_WORKER = {
  files: {
    'which-worker.mjs': `
      const create = () => async (c, next) => { await next(); c.header('x-worker', String(process.pid)) }
      export default { kind: 'middleware', name: 'which-worker', create }`,
  },
  yaml: { plugins: ['./which-worker.mjs'], middleware: ['which-worker'] },
}

export interface Said {
  readonly status: number
  /** Of the instance. */
  readonly name: string
  readonly worker: string
  readonly cookies: readonly string[]
}

/** Asks over a connection of its own, so now this worker, now that one. */
export async function ask(url: string, headers: Readonly<Record<string, string>> = {}, agent?: Agent): Promise<Said> {
  const { status, text, headers: fields } = await call(url, { headers, ...(agent && { agent }) })
  return { status, name: text, worker: fields['x-worker'] as string, cookies: fields['set-cookie'] ?? [] }
}

/** Asks so many times, one after the other. */
export async function askTimes(
  times: number,
  url: string,
  headers?: Readonly<Record<string, string>>,
): Promise<Said[]> {
  const all: Said[] = []
  while (all.length < times) all.push(await ask(url, headers))
  return all
}

export const namesIn = (all: readonly Said[]): string[] => [...new Set(all.map(({ name }) => name))].sort()
export const workersIn = (all: readonly Said[]): number => new Set(all.map(({ worker }) => worker)).size

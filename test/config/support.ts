import { z } from 'zod'
import { type Loaded, parseConfig } from '../../src/config/load.ts'
import { ConfigError } from '../../src/config/problems.ts'
import { defineAdapter, defineMiddleware, defineStrategy, duration, type Plugin } from '../../src/plugin/index.ts'

const idle = { async *watch() {} }
const first = { pick: <T>(endpoints: readonly T[]) => endpoints[0]! }

const zookeeperOptions = z.strictObject({
  hosts: z.array(z.string()).min(1),
  root: z.string().default('/services'),
  services: z.array(z.string()).default(['*']),
  nested: z.boolean().default(false),
  metadata: z
    .record(z.string(), z.string())
    .default({ weight: 'weight', zone: 'zone', version: 'version', status: 'status' }),
  layout: z.enum(['auto', 'plain']).default('auto'),
  sessionTimeout: duration().prefault('30s'),
  connectTimeout: duration().prefault('3s'),
})

/** Stand-ins with the names and option shapes that the files in config/ are written for. */
export const builtins: readonly Plugin[] = [
  defineAdapter({
    name: 'static-file',
    local: true,
    options: z.strictObject({ path: z.string() }),
    create: () => idle,
  }),
  defineAdapter({ name: 'zookeeper', options: zookeeperOptions, create: () => idle }),
  defineStrategy({ name: 'p2c', create: () => first }),
  defineStrategy({ name: 'random', create: () => first }),
  defineStrategy({ name: 'round-robin', create: () => first }),
  defineStrategy({
    name: 'peak-ewma',
    options: z.strictObject({ decay: duration().prefault('10s') }),
    create: () => first,
  }),
  defineMiddleware({ name: 'request-id', create: () => async (_c, next) => next() }),
  defineMiddleware({
    name: 'cors',
    options: z.strictObject({ origin: z.string().default('*'), maxAge: z.number().optional() }),
    create: () => async (_c, next) => next(),
  }),
]

export const REGISTRY = 'registry: { type: static-file, options: { path: services.yaml } }\n'

export function parse(text: string, env: Record<string, string> = {}, file = 'gateway.yaml'): Promise<Loaded> {
  return parseConfig(text, file, { builtins, env })
}

/** The configuration of a file that sets nothing but what it must, and `text`. */
export const configOf = async (text = '', env = {}) => (await parse(REGISTRY + text, env)).config

export async function errorOf(text: string, env = {}, file = 'gateway.yaml'): Promise<ConfigError> {
  const error = await parse(text, env, file).then(
    () => new Error('nothing is wrong with it'),
    (error: unknown) => error,
  )
  if (error instanceof ConfigError) return error
  throw error
}

/** Every problem on a line of its own, without excerpts. */
export const problemsOf = async (text: string, env = {}) => (await errorOf(text, env)).message.split('\n')

/** The problems of a file whose registry is fine. Lines count from the first of `text`. */
export async function problemsIn(text: string, env = {}): Promise<string[]> {
  const { problems } = await errorOf(text + (text.endsWith('\n') ? '' : '\n') + REGISTRY, env)
  return problems.map(({ line, column, path, message }) => `${line}:${column}  ${path}: ${message}`)
}

/** A console whose words are kept. */
export function terminal() {
  const written = { out: '', err: '' }
  const console = {
    stdout: { write: (text: string) => (written.out += text) },
    stderr: { write: (text: string) => (written.err += text) },
    builtins,
    env: {},
  }
  return { console, written }
}

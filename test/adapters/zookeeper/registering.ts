import { onTestFinished } from 'vitest'
import { zookeeper } from '../../../adapters/zookeeper/index.ts'
import { type InstanceFields, instance, type RegistryAdapter } from '../../../src/plugin/index.ts'
import { pluginContext, type ScriptedContext } from '../../contract/index.ts'
import { until } from '../../support/until.ts'
import { scratchRoot, sharedZooKeeper, type Writer } from '../../support/zookeeper.ts'

export const A = { host: '10.0.0.1', port: 80 }

export interface Registration {
  readonly adapter: RegistryAdapter
  readonly root: string
  /** Of `10.0.0.1:80` of service `one`, where it lies unless told otherwise. */
  readonly path: string
  readonly context: ScriptedContext
  readonly writer: Writer
  /** How often it has been made. */
  times(): number
  /** Resolves once it has been made so often. */
  made(times?: number): Promise<unknown>
  /** The node at `path`, once it has been made so often. */
  node(times?: number): Promise<NonNullable<Awaited<ReturnType<Writer['read']>>>>
  /** Settles as `register` does. */
  readonly held: Promise<void>
  end(): Promise<void>
}

/** Registers in the shared ZooKeeper until the test is over; not all servers are reached by the address of the writer. */
export async function registering(fields: Partial<InstanceFields> = {}, options: object = {}): Promise<Registration> {
  const { root, writer } = await scratchRoot()
  return registeringAt(root, writer, fields, options)
}

export function registeringAt(
  root: string,
  writer: Writer,
  fields: Partial<InstanceFields> = {},
  options: object = {},
): Registration {
  const context = pluginContext({ now: () => performance.now(), random: () => 0.5 })
  const parsed = zookeeper.options!['~standard'].validate({ hosts: sharedZooKeeper(), root, ...options })
  if (parsed instanceof Promise || parsed.issues) throw new Error(`wrong options: ${JSON.stringify(parsed)}`)
  const abort = new AbortController()
  const adapter = zookeeper.create(parsed.value, context)
  const held = adapter.register!('one', instance({ ...A, ...fields }), abort.signal)
  held.catch(() => {})
  const end = () => {
    abort.abort()
    return held
  }
  onTestFinished(() => end().catch(() => {}))
  const path = `${root}/one/10.0.0.1:80`
  const times = () => context.entries.filter(({ level }) => level === 'info').length
  const made = (wanted = 1) => until(`registered ${wanted} times`, () => times() >= wanted)
  const node = async (wanted?: number) => {
    await made(wanted)
    return until(`${path} is there`, () => writer.read(path))
  }
  return { adapter, root, path, context, writer, times, made, node, held, end }
}

import { onTestFinished } from 'vitest'
import type { AdapterPlugin, RegistryAdapter } from '../../src/plugin/index.ts'
import { Following, pluginContext } from '../contract/index.ts'

export interface Subject {
  readonly adapter: RegistryAdapter
  readonly warnings: readonly string[]
  /** A new watch, stopped when the test is over. */
  follow(): Following
}

/** An adapter made from options as YAML would write them; its chance is always 0. */
// biome-ignore lint/suspicious/noExplicitAny: the options meet the plugin's schema
export async function subject(plugin: AdapterPlugin<any>, written: object): Promise<Subject> {
  const result = await plugin.options!['~standard'].validate(written)
  if (result.issues) throw new Error(JSON.stringify(result.issues))
  // Filled as the adapter speaks: tests take the list apart from the subject before anything has been said.
  const warnings: string[] = []
  const ignore = () => undefined
  const warn = (_fields: object, message: string) => void warnings.push(message)
  const log = { debug: ignore, info: ignore, warn, error: ignore }
  const adapter = plugin.create(result.value, pluginContext({ now: () => performance.now(), random: () => 0, log }))
  const follow = () => {
    const following = new Following(adapter)
    onTestFinished(() => following.stop())
    return following
  }
  return { adapter, warnings, follow }
}

import { onTestFinished } from 'vitest'
import type { AdapterPlugin, PluginContext, RegistryAdapter } from '../../src/plugin/index.ts'
import { Following, type LogEntry, pluginContext } from '../contract/index.ts'

export interface Subject {
  readonly adapter: RegistryAdapter
  readonly warnings: readonly string[]
  /** All that was logged, whatever its level. */
  readonly entries: readonly LogEntry[]
  /** A new watch, stopped when the test is over. */
  follow(): Following
}

/** An adapter made from options as YAML would write them; its chance is always 0, and its clock the real one unless told. */
export async function subject(
  // biome-ignore lint/suspicious/noExplicitAny: the options meet the plugin's schema
  plugin: AdapterPlugin<any>,
  written: object,
  overrides: Partial<PluginContext> = {},
): Promise<Subject> {
  const result = await plugin.options!['~standard'].validate(written)
  if (result.issues) throw new Error(JSON.stringify(result.issues))
  const context = pluginContext({ now: () => performance.now(), random: () => 0, ...overrides })
  const adapter = plugin.create(result.value, context)
  const follow = () => {
    const following = new Following(adapter)
    onTestFinished(() => following.stop())
    return following
  }
  return { adapter, warnings: context.warnings, entries: context.entries, follow }
}

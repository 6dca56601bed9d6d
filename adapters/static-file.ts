import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { defineAdapter, type Instance, type PluginContext, type RegistryView } from '../src/plugin/index.ts'
import { contents } from './static-file/contents.ts'
import { parse } from './static-file/parse.ts'

/**
 * Services from a YAML file, read again whenever it changes:
 *
 * ```yaml
 * services:
 *   service_1: ['10.0.0.1:8080', { address: '10.0.0.2:8080', weight: 2, zone: a, status: up, tls: false, metadata: {} }]
 * ```
 *
 * A file that is missing or broken cannot be read; a broken instance in a good file is left out with a warning.
 */
export const staticFile = defineAdapter({
  name: 'static-file',
  local: true,
  options: z.strictObject({ path: z.string().min(1) }),
  create: ({ path }, context: PluginContext) => {
    const file = resolve(context.directory, path)
    const dropped = (position: string, reason: string) =>
      context.log.warn({ position, reason }, `${position}  instance left out: ${reason}`)
    let view: RegistryView = new Map()
    return {
      async *watch(signal: AbortSignal) {
        for await (const text of contents(file, signal)) {
          view = keepArrays(parse(file, text, dropped), view)
          yield view
        }
      },
    }
  },
})

function keepArrays(view: RegistryView, before: RegistryView): RegistryView {
  const kept = ([name, list]: [string, readonly Instance[]]) => {
    const old = before.get(name)
    return [name, old && isDeepStrictEqual(old, list) ? old : list] as const
  }
  return new Map([...view].map(kept))
}

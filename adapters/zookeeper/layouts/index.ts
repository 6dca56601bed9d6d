import type { Instance } from '../../../src/plugin/index.ts'
import type { Layout, Reader, Reading, Wanted } from './layout.ts'
import { plain } from './plain.ts'
import { isRegistration, registrator } from './registrator.ts'

export type { Layout, Reader, Reading, Wanted }

/** By each instance's data, never by its name: registrators name their nodes `ip:port` as well. */
const auto: Layout = (name, data) => (isRegistration(data) ? registrator : plain)(name, data)

export const layouts = { auto, plain, registrator } as const satisfies Record<string, Layout>
export type LayoutName = keyof typeof layouts
export const layoutNames = Object.keys(layouts) as [LayoutName, ...LayoutName[]]

export function readerOf(layout: LayoutName, _wanted: Wanted): Reader {
  return {
    child: (name, data) => ({ instances: [layouts[layout](name, data)] }),
    own: () => ({ instances: [] }),
  }
}

/** The instances of a service from all its parts. */
export function combined(parts: Iterable<Reading>): readonly Instance[] {
  return [...parts].flatMap(({ instances }) => instances)
}

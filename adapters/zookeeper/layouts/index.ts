import type { Layout } from './layout.ts'
import { plain } from './plain.ts'
import { isRegistration, registrator } from './registrator.ts'

export type { Layout }

/** By each instance's data, never by its name: registrators name their nodes `ip:port` as well. */
const auto: Layout = (name, data) => (isRegistration(data) ? registrator : plain)(name, data)

export const layouts = { auto, plain, registrator } as const satisfies Record<string, Layout>
export type LayoutName = keyof typeof layouts
export const layoutNames = Object.keys(layouts) as [LayoutName, ...LayoutName[]]

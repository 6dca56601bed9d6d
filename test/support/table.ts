import type { RegistryView } from '../../src/plugin/index.ts'
import type { RegistryUpdate } from '../../src/registry/index.ts'

/** The update that tells of a whole view at once. */
export function tableOf(view: RegistryView): RegistryUpdate {
  return { services: [...view].map(([name, instances]) => ({ name, instances })), removed: [], complete: true }
}

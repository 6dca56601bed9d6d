import { startPlainInstance } from '../plain-instance.mjs'
import { workFolder } from '../work-folder.mjs'
import { parts } from './parts/index.mjs'

/** @returns the rows of these parts, one after the other: `what`, `measured`, and for some `target` and whether it is `met` */
export async function measureParts({ only, nodes = [] }, say) {
  const instance = await startPlainInstance()
  const dir = workFolder()
  const rows = []
  for (const name of only) {
    say(name)
    rows.push(...(await parts[name]({ dir, say, instance, nodes })))
  }
  instance.close()
  return rows
}

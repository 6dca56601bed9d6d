import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { allowedCores } from '../proc.mjs'
import { killAll, start } from '../processes.mjs'
import { workFolder } from '../work-folder.mjs'
import { startInstances } from './callers.mjs'
import { startEnsemble } from './ensemble.mjs'
import { openHub } from './hub.mjs'

const writerFile = fileURLToPath(new URL('writer.mjs', import.meta.url))
const INSTANCES = 10

/** Where all parts are measured: an ensemble, a writer, and instances that answer. Whatever ends this process ends them. */
export async function openPlace({ say, profile }) {
  const work = workFolder()
  // Whoever needs a core takes one: the servers and the writer are part of the measurement, as they are of the machine.
  const core = allowedCores().join()
  say('starting three ZooKeepers')
  const { servers, leader } = await startEnsemble({ dir: work, core })
  const hub = await openHub(join(work, 'hub'))
  const dir = join(work, 'writer')
  mkdirSync(dir)
  const running = start({ command: process.execPath, args: [writerFile, hub.path, leader.address], core, dir })
  const [writer] = await hub.members('writer', 1, running)
  const { ports, close } = await startInstances(INSTANCES)
  const place = { work, core, servers, leader, hub, writer, say, profile: profile && resolve(profile) }
  return {
    ...place,
    /** A tree of so many services with ten instances each, made when it is first asked for. */
    async populated(services) {
      const root = `/services-${services}`
      const begunMs = performance.now()
      await writer.ask('populate', { root, services, instances: INSTANCES, ports })
      const tookMs = performance.now() - begunMs
      if (tookMs > 1000) say(`${root}: registered ${services * INSTANCES} instances in ${(tookMs / 1000).toFixed(1)} s`)
      return { root, count: (await writer.ask('truth', { root })).length }
    },
    close() {
      close()
      hub.close()
      killAll()
    },
  }
}

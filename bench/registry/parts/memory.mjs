import { startGateway } from '../gateway.mjs'

const TARGET = { primary: 1024, worker: 0.6 * 1024 }
const SIZES = [200, 2000]

/** What ten times the instances add, after a full garbage collection: what a gateway costs without any is not in it. */
export async function memory(place) {
  const readings = []
  for (const services of SIZES) {
    const { root, count } = await place.populated(services)
    const gateway = await startGateway({ place, root, stopwatch: false })
    try {
      const all = await Promise.all([gateway.primary, ...gateway.workers].map((one) => one.ask('memory')))
      readings.push({ count, all })
      place.say(
        `memory with ${count} instances: ${all.map(({ heapUsed, arrayBuffers }) => mebibytes(heapUsed + arrayBuffers)).join(', ')}`,
      )
    } finally {
      await gateway.end()
    }
  }
  const [small, large] = readings
  const bytes = (at, key) => (large.all[at][key] - small.all[at][key]) / (large.count - small.count)
  const row = (name, at, target) => {
    const [heap, buffers, resident] = ['heapUsed', 'arrayBuffers', 'rss'].map((key) => bytes(at, key))
    return {
      what: `memory of an instance in ${name}`,
      target: `<= ${(target / 1024).toFixed(1)} KiB`,
      measured: `${kibibytes(heap + buffers)} (heap ${kibibytes(heap)}, buffers ${kibibytes(buffers)}); resident ${kibibytes(resident)}`,
      met: heap + buffers <= target,
    }
  }
  const worst = bytes(1, 'heapUsed') > bytes(2, 'heapUsed') ? 1 : 2
  return [row('the primary', 0, TARGET.primary), row('a worker', worst, TARGET.worker)]
}

const kibibytes = (bytes) => `${(bytes / 1024).toFixed(2)} KiB`
const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`

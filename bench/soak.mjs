// Mixed traffic for minutes, at half of what the gateway can do: does anything grow? See docs/benchmark.md.
import { heldToTargets } from './held-to-targets.mjs'
import { startPortolan } from './portolan.mjs'
import { startInstance } from './soak/instance.mjs'
import { judge } from './soak/judge.mjs'
import { readOptions, usage } from './soak/options.mjs'
import { Sampler } from './soak/sampler.mjs'
import { Traffic } from './soak/traffic.mjs'
import { workFolder } from './work-folder.mjs'

const CAPACITY_SECONDS = 10
const CLIENTS = 256
const FULL_SECONDS = 300
const PROGRESS_MS = 30_000

await heldToTargets({
  script: 'bench:soak',
  title: 'Soak results',
  anchor: 'the-soak',
  page: 'SOAK.md',
  readOptions,
  usage,
  isFull: ({ seconds }) => seconds >= FULL_SECONDS,
  measure: soak,
})

async function soak({ seconds }, say) {
  const dir = workFolder()
  const instance = await startInstance()
  const gateway = await startPortolan({ dir, core: 0, upstream: instance.port, rest: 'health: { passive: null }' })
  const traffic = new Traffic(gateway.port)
  const socketsAtRest = gateway.sockets()
  try {
    const capacity = await traffic.asMuchAsPossible(CLIENTS, CAPACITY_SECONDS)
    say(`${capacity.toFixed(0)} exchanges a second at most; ${seconds} s at half of that`)
    const sampler = new Sampler(gateway)
    sampler.begin()
    const begunMs = performance.now()
    const progress = setInterval(() => {
      say(
        `${Math.round((performance.now() - begunMs) / 1000)} of ${seconds} s, ${gateway.residentMiB().toFixed(0)} MiB`,
      )
    }, PROGRESS_MS)
    await traffic.atRate(capacity / 2, seconds)
    clearInterval(progress)
    sampler.end()
    await traffic.over()
    const socketsLeft = await settled(gateway, socketsAtRest)
    const survived = gateway.hasExited() ? gateway.lastWords() : 'yes'
    const exitCode = await gateway.stop()
    return judge({ traffic, capacity, samples: sampler.samples, socketsAtRest, socketsLeft, survived, exitCode })
  } finally {
    await gateway.stop()
    instance.close()
  }
}

/** Idle connections to the instance live a little longer than those of the clients. */
async function settled(gateway, atRest) {
  for (const deadline = Date.now() + 10_000; gateway.sockets() > atRest && Date.now() < deadline; )
    await new Promise((resolve) => setTimeout(resolve, 100))
  return gateway.sockets()
}

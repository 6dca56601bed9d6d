import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { startPortolan } from '../../portolan.mjs'
import { ask, open } from '../clients.mjs'

const attackerPath = fileURLToPath(new URL('../attacker.mjs', import.meta.url))

/** Clients whose heads never end, each replaced when it is cut, and honest requests beside them. */
export async function slowloris({ dir, say, slow, honest }) {
  say(`${honest} requests, alone and beside ${slow} slow heads`)
  const instance = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1')
  await new Promise((resolve) => instance.once('listening', resolve))
  const server = 'limits: { headerTimeout: 10s }'
  const gateway = await startPortolan({ dir, core: 0, upstream: instance.address().port, server })
  try {
    await honestRequests(gateway.port, honest) // warm-up
    const calm = await honestRequests(gateway.port, honest)
    const attack = await attackBy(gateway.port, slow)
    const attacked = await honestRequests(gateway.port, honest)
    const cut = await attack.end()
    return [
      {
        what: `of ${honest} requests beside ${slow} slow heads failed`,
        target: '0',
        measured: String(attacked.failed),
        met: attacked.failed === 0,
      },
      {
        what: 'their time, p50 and p99',
        measured: `${ms(attacked.p50Ms)}, ${ms(attacked.p99Ms)}; alone ${ms(calm.p50Ms)}, ${ms(calm.p99Ms)}`,
      },
      { what: 'slow heads that were cut meanwhile, and came again', measured: String(cut) },
    ]
  } finally {
    await gateway.stop()
    instance.close()
  }
}

const ms = (value) => `${value.toFixed(1)} ms`

/** In a process of its own: its work is not to be taken for the gateway's. */
async function attackBy(port, count) {
  const attacker = fork(attackerPath, [String(port), String(count)])
  await once(attacker, 'message')
  return {
    async end() {
      attacker.send('end')
      const [cut] = await once(attacker, 'message')
      attacker.kill()
      return cut
    },
  }
}

/** One after the other, half of them on a new connection each, about a hundred a second. */
async function honestRequests(port, count) {
  const times = []
  let failed = 0
  let kept = await open(port)
  for (let i = 0; i < count; i++) {
    const begun = performance.now()
    try {
      if (i % 2 === 0) {
        const socket = await open(port)
        if ((await ask(socket, '/services/echo/')) !== 200) failed++
        socket.destroy()
      } else if ((await ask(kept, '/services/echo/')) !== 200) failed++
    } catch {
      failed++
      kept = await open(port)
    }
    times.push(performance.now() - begun)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  times.sort((a, b) => a - b)
  return { failed, p50Ms: times[Math.floor(count / 2)], p99Ms: times[Math.floor(count * 0.99)] }
}

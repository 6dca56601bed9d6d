// node clients.mjs PORT PATH CONNECTIONS SECONDS: each client sends a message, waits for it to come back, and sends it again.
import { setTimeout as sleep } from 'node:timers/promises'
import WebSocket from 'ws'
import { quantile } from '../statistics.mjs'

const [port, path, connections, seconds] = process.argv.slice(2)
const message = Buffer.alloc(100, 'x')
const latencies = []
let errors = 0
let over = false

const sockets = await Promise.all(Array.from({ length: Number(connections) }, opened))
const startMs = performance.now()
for (const socket of sockets) exchange(socket)
await sleep(Number(seconds) * 1000)
over = true
const durationUs = (performance.now() - startMs) * 1000
for (const socket of sockets) socket.terminate()

const [p50Us, p99Us, p999Us] = [0.5, 0.99, 0.999].map((share) => quantile(latencies, share) ?? 0)
const requests = latencies.length
console.log(JSON.stringify({ requests, durationUs, bytes: requests * message.length, p50Us, p99Us, p999Us, errors }))

function opened() {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { perMessageDeflate: false })
    socket.once('open', () => resolve(socket)).once('error', reject)
  })
}

function exchange(socket) {
  let sentMs = 0
  const send = () => {
    sentMs = performance.now()
    socket.send(message)
  }
  socket.on('message', (answer) => {
    if (over) return
    latencies.push((performance.now() - sentMs) * 1000)
    if (answer.length !== message.length) errors++
    send()
  })
  socket.on('error', () => errors++)
  socket.on('close', () => {
    if (!over) errors++
  })
  send()
}

import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const MEBIBYTE = Buffer.alloc(2 ** 20, 'x')

const answers = {
  '/small': (_request, response) => response.end('ok'),
  '/large': (_request, response) => response.end(MEBIBYTE),
  '/fails': (_request, response) => response.writeHead(500).end('no'),
  '/breaks': (_request, response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('half')
    setImmediate(() => response.destroy())
  },
  '/resets': (request) => request.socket.resetAndDestroy(),
  async '/slow'(_request, response) {
    await sleep(300)
    response.end('slow')
  },
  async '/events'(_request, response) {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (let i = 0; !response.destroyed; i++) {
      response.write(`data: ${i}\n\n`)
      await sleep(200)
    }
  },
}

/** Answers every kind of request that the soak makes. */
export async function startInstance() {
  const server = createServer((request, response) => {
    request.on('error', () => {})
    const answer = answers[request.url]
    if (answer) answer(request.resume(), response)
    else request.on('end', () => response.end('taken')).resume()
  })
  server.on('upgrade', (_request, socket) => {
    socket.on('error', () => {})
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    socket.pipe(socket)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: server.address().port,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

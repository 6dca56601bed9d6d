// node upstream.mjs BODY PORT PORT: two instances that send every WebSocket message back, and answer GETs as the other upstream does.
import http from 'node:http'
import { WebSocketServer } from 'ws'

const [body, ...ports] = process.argv.slice(2)

for (const port of ports) {
  const server = http.createServer((request, response) => {
    response.end(request.url === '/who' ? `${port} ${request.headers['x-forwarded-for'] ?? ''}` : body)
  })
  const sockets = new WebSocketServer({ server, perMessageDeflate: false })
  sockets.on('connection', (socket) => socket.on('message', (message, binary) => socket.send(message, { binary })))
  server.listen(Number(port), '127.0.0.1')
}

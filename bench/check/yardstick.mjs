// What the gateway is compared with: a reverse proxy in bare Node, as its documentation would have one written. It must never
// change, for the committed ratios are to it. `node yardstick.mjs PORT UPSTREAM_PORT`
import http from 'node:http'

const [port, upstreamPort] = process.argv.slice(2).map(Number)
const PREFIX = '/services/echo'
const agent = new http.Agent({ keepAlive: true, maxSockets: 128 })

const server = http.createServer((request, response) => {
  const { connection, ...headers } = request.headers
  headers['x-forwarded-for'] = request.socket.remoteAddress
  const options = { agent, host: '127.0.0.1', port: upstreamPort, method: request.method, headers }
  const upstream = http.request({ ...options, path: request.url.slice(PREFIX.length) }, (answer) => {
    response.writeHead(answer.statusCode, answer.rawHeaders)
    answer.pipe(response)
  })
  upstream.on('error', () => response.destroy())
  request.pipe(upstream)
})
server.listen(port, '127.0.0.1')

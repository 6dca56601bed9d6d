import http from 'node:http'
import { createProxyServer } from 'httpxy'

const [port, ...upstreams] = process.argv.slice(2)
const origins = upstreams.map((upstream) => `http://127.0.0.1:${upstream}`)
const prefix = '/services/echo'
const headers = { 'x-forwarded-prefix': prefix }
const proxy = createProxyServer({ xfwd: true })
let turn = 0

/** Whether it is a request of the service; its prefix is gone then. */
function stripped(req) {
  if (!req.url.startsWith(`${prefix}/`)) return false
  req.url = req.url.slice(prefix.length)
  return true
}

const next = () => ({ target: origins[turn++ % origins.length], headers })

const server = http.createServer((req, res) => {
  if (!stripped(req)) return res.writeHead(404).end()
  proxy.web(req, res, next()).catch(() => res.destroy())
})

// Also a client that leaves without a word rejects this.
server.on('upgrade', (req, socket, head) => {
  if (!stripped(req)) return socket.destroy()
  proxy.ws(req, socket, next(), head).catch(() => socket.destroy())
})

server.listen(Number(port), '127.0.0.1')

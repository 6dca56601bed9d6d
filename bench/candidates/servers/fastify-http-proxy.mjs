import httpProxy from '@fastify/http-proxy'
import Fastify from 'fastify'

const [port, ...upstreams] = process.argv.slice(2)
const origins = upstreams.map((upstream) => `http://127.0.0.1:${upstream}`)
let turn = 0

const app = Fastify({ logger: false })
app.register(httpProxy, {
  prefix: '/services/echo',
  upstream: '',
  replyOptions: {
    getUpstream: () => origins[turn++ % origins.length],
    rewriteRequestHeaders: (request, headers) => ({
      ...headers,
      'x-forwarded-for': request.ip,
      'x-forwarded-proto': request.protocol,
      'x-forwarded-host': request.host,
      'x-forwarded-prefix': '/services/echo',
    }),
  },
})

await app.listen({ port: Number(port), host: '127.0.0.1' })

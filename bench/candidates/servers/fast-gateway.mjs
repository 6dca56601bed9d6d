import gateway from 'fast-gateway'

const [port, ...upstreams] = process.argv.slice(2)
const origins = upstreams.map((upstream) => `http://127.0.0.1:${upstream}`)
let turn = 0

const server = gateway({
  routes: [
    {
      prefix: '/services/echo',
      target: '',
      hooks: {
        rewriteRequestHeaders: (req, headers) => ({
          ...headers,
          'x-forwarded-for': req.socket.remoteAddress,
          'x-forwarded-proto': 'http',
          'x-forwarded-prefix': '/services/echo',
        }),
      },
      proxyHandler(req, res, url, proxy, options) {
        options.base = origins[turn++ % origins.length]
        return proxy(req, res, url, options)
      },
    },
  ],
})

await server.start(Number(port), '127.0.0.1')

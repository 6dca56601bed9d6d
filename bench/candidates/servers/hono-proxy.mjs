import { serve } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import { Hono } from 'hono'
import { proxy } from 'hono/proxy'

const [port, ...upstreams] = process.argv.slice(2)
const origins = upstreams.map((upstream) => `http://127.0.0.1:${upstream}`)
let turn = 0

const app = new Hono()
app.all('/services/echo/*', (c) => {
  const { pathname, search } = new URL(c.req.url)
  return proxy(origins[turn++ % origins.length] + pathname.slice('/services/echo'.length) + search, {
    ...c.req,
    headers: {
      ...c.req.header(),
      'x-forwarded-for': getConnInfo(c).remote.address,
      'x-forwarded-proto': 'http',
      'x-forwarded-host': c.req.header('host'),
      'x-forwarded-prefix': '/services/echo',
    },
  })
})

serve({ fetch: app.fetch, port: Number(port), hostname: '127.0.0.1' })

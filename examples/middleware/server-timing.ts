/**
 * Tells the caller how long the gateway and the instance together took, as browsers show it. What is set after `next()` is
 * set on the instance's own answer; its body still goes straight from socket to socket.
 *
 *   node dist/src/cli/main.js run examples/middleware/gateway.yaml     (with `npm start` in another terminal)
 *   curl -si http://127.0.0.1:8081/services/service_1/ | grep server-timing
 */
import { defineMiddleware } from 'portolan/plugin'
import { z } from 'zod'

export default defineMiddleware({
  name: 'server-timing',
  options: z.strictObject({ metric: z.string().default('gateway') }),
  create: ({ metric }, { now }) =>
    async function serverTiming(c, next) {
      const startedMs = now()
      await next()
      c.res.headers.append('server-timing', `${metric};dur=${(now() - startedMs).toFixed(1)}`)
    },
})

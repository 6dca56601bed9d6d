import { defineMiddleware } from '../plugin/index.ts'

/** Tells the caller the id under which the access log and the service know the request. */
export const requestId = defineMiddleware({
  name: 'request-id',
  create: () =>
    async function requestId(c, next) {
      await next()
      c.res.headers.set('x-request-id', c.env.exchange.id)
    },
})

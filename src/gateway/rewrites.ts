import { Readable } from 'node:stream'
import type { Context } from 'hono'
import { described } from '../proxy/index.ts'
import type { GatewayEnv } from './app.ts'

/**
 * Takes over what middleware did to the request: a `Request` put in place of the one before, or a body that was read.
 * Reading the body through `c.req` does not take it from the instance.
 */
export async function adoptRewrites(c: Context<GatewayEnv>): Promise<void> {
  const { exchange, request } = c.env
  const { raw } = c.req
  if (raw !== request) {
    const { rawTarget, ...rest } = described(raw)
    Object.assign(exchange, rest, raw.url === request!.url ? {} : { rawTarget })
    c.env.request = raw
  }
  if (!exchange.body || !(raw.bodyUsed || exchange.body.readableDidRead)) return
  const bytes = Buffer.from(await c.req.arrayBuffer())
  exchange.body = Readable.from([bytes])
  exchange.bodyLength = bytes.length
  exchange.trailers = null // they are for the end of chunks
  exchange.expectsContinue = false
}

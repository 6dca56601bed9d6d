import { Readable } from 'node:stream'
import type { Context } from 'hono'
import { described, type Exchange } from '../proxy/index.ts'

/**
 * Takes over what middleware did to the request: a `Request` put in place of the original, or a body that was read.
 * Reading the body through `c.req` does not take it from the instance.
 */
export async function adoptRewrites(c: Context, exchange: Exchange, original: Request): Promise<void> {
  const { raw } = c.req
  if (raw !== original) {
    const { rawTarget, ...rest } = described(raw)
    Object.assign(exchange, rest, raw.url === original.url ? {} : { rawTarget })
    return
  }
  if (!exchange.body?.readableDidRead) return
  const bytes = Buffer.from(await c.req.arrayBuffer())
  exchange.body = Readable.from([bytes])
  exchange.bodyLength = bytes.length
}

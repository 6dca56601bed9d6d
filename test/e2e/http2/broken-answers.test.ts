import { expect, it } from 'vitest'
import { startGateway } from '../../support/gateway.ts'
import { openHttp2 } from '../../support/http2-open.ts'
import { startUpstream } from '../../support/upstream.ts'
import { PATH } from './rig.ts'

/** Answers with a body of its own that breaks, in one way for each path. */
const BREAKING = `
  const bytes = new TextEncoder().encode('half')
  const breaks = (controller, pieces) => {
    for (let i = 0; i < pieces; i++) controller.enqueue(bytes)
    controller.error(new Error('broken'))
  }
  const ways = {
    nothing: () => ({ start: (controller) => breaks(controller, 0) }),
    now: () => ({ start: (controller) => breaks(controller, 2) }),
    /** Who asks for the second piece has taken the first. */
    later() {
      let asked = 0
      return { pull: (controller) => (asked++ === 0 ? controller.enqueue(bytes) : breaks(controller, 1)) }
    },
  }
  const breaking = (way) => new ReadableStream(ways[way](), { highWaterMark: 0 })
  const handler = async (context, next) => {
    const [, way] = /break=(.*)/.exec(context.req.url) ?? []
    if (way === 'instance') {
      await next()
      await context.res.body.cancel()
      context.res = new Response(breaking('later'), context.res)
      return
    }
    return new Response(breaking(way), { headers: { 'content-type': 'text/plain' } })
  }
  export default { kind: 'middleware', name: 'breaking', create: () => handler }
`

it.each(['later', 'now', 'nothing', 'instance'])(
  'an answer of a middleware that breaks off is reset, and never ends before that: %s',
  async (way) => {
    const { address } = await startUpstream()
    const gateway = await startGateway(
      '{ plugins: [./breaking.mjs], middleware: [breaking], server: { h2c: true, workers: 0 } }',
      {
        services: { echo: [address] },
        files: { 'breaking.mjs': BREAKING },
      },
    )
    const client = await openHttp2(gateway.port)
    for (let stream = 1; stream < 41; stream += 2) {
      expect(await client.ask(stream, `${PATH}?break=${way}`).outcome(stream)).toMatch(/^(reset 2|500)$/)
    }
  },
)

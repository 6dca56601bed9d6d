/**
 * A registry behind HTTP: asks a URL that answers `{ "service_1": ["10.0.0.1:8080"] }`, again and again. Plain JavaScript.
 *
 *   node examples/custom-adapter/registry.mjs                              (with `npm start` in another terminal)
 *   node dist/src/cli/main.js run examples/custom-adapter/gateway.yaml
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { address, defineAdapter, duration, instance } from 'portolan/plugin'
import { z } from 'zod'

export default defineAdapter({
  name: 'http-json',
  options: z.strictObject({ url: z.url(), every: duration().prefault('5s') }),
  create({ url, every }, { log }) {
    let lists = new Map() // by service, what was written and what was made of it
    return {
      async *watch(signal) {
        try {
          while (!signal.aborted) {
            const response = await fetch(url, { signal })
            if (!response.ok) throw new Error(`the answer is ${response.status}`)
            lists = new Map(Object.entries(await response.json()).map(([name, written]) => [name, kept(name, written)]))
            yield new Map([...lists].map(([name, { list }]) => [name, list]))
            await sleep(every, undefined, { signal })
          }
        } catch (error) {
          if (!signal.aborted) throw new Error(`${url}: ${error.cause?.message ?? error.message}`, { cause: error })
        }
      },
    }

    /** The same array as before for a service that did not change, so that nothing needs to be done about it. */
    function kept(name, written) {
      const before = lists.get(name)
      return before && isDeepStrictEqual(before.written, written) ? before : { written, list: written.flatMap(usable) }
    }

    function usable(written) {
      try {
        return [instance(address(written))]
      } catch (error) {
        log.warn({ written }, `an instance is left out: ${error.message}`)
        return []
      }
    }
  },
})

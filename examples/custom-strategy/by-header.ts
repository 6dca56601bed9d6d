/**
 * Requests with the same value of a header go to the same instance, by rendezvous hashing: when an instance comes or goes,
 * only those change place that had it or get it. Requests without the header go anywhere.
 *
 *   node dist/src/cli/main.js run examples/custom-strategy/gateway.yaml     (with `npm start` in another terminal)
 *   curl -H 'x-user: ada' -si http://127.0.0.1:8081/services/service_1/ | grep x-instance
 */
import { createHash } from 'node:crypto'
import { defineStrategy, type Endpoint } from 'portolan/plugin'
import { z } from 'zod'

export default defineStrategy({
  name: 'by-header',
  options: z.strictObject({ header: z.string().toLowerCase().default('x-user') }),
  create: ({ header }, { random }) => ({
    pick(endpoints, request) {
      const key = request.header(header) ?? String(random())
      const score = ({ instance }: Endpoint) => hash(`${key} ${instance.id}`)
      return endpoints.reduce((best, endpoint) => (score(endpoint) > score(best) ? endpoint : best))
    },
  }),
})

const hash = (text: string) => createHash('md5').update(text).digest().readUInt32BE()

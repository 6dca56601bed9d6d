import type { ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { RawClient } from '../support/raw.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'
import { gatewayBefore } from './closing-rig.ts'

const through = (_: unknown, next: () => Promise<void>) => next()
const request = (line: string, ...fields: string[]) => `${[line, 'Host: a', ...fields].join('\r\n')}\r\n\r\n`
const ambiguous = (...fields: string[]) =>
  `${request('POST /services/up/refused HTTP/1.1', 'Transfer-Encoding: identity', 'Transfer-Encoding: chunked', ...fields)}0\r\n\r\n`
const BEHIND = request('GET /services/up/behind HTTP/1.1')

/** What an instance is asked when this comes in one piece. */
async function askedBy(bytes: string): Promise<string[]> {
  const upstream = await startUpstream()
  const client = await RawClient.open(await gatewayBefore(upstream.port, through))
  await client.write(bytes).closed()
  expect(client.received).toContain(' 400 ')
  return upstream.asked.map(({ url }) => url)
}

it('a request behind one that is refused is not executed, also when that one waits with its body', async () => {
  expect(await askedBy(ambiguous('Expect: 100-continue') + BEHIND)).toEqual([])
})

it('a request behind one that is refused is not executed, also when that one is in a long line', async () => {
  const held: ServerResponse[] = []
  const upstream = await startUpstream((_, response) => void held.push(response))
  const client = await RawClient.open(await gatewayBefore(upstream.port, through))
  client.write(request('GET /services/up/ HTTP/1.1').repeat(17) + ambiguous())
  await until('the line is long', () => held.length === 17)
  held[0]!.end()
  await client.response()
  client.write(BEHIND)
  for (const response of held.slice(1)) response.end()
  await client.closed()
  expect(client.received.match(/HTTP\/1\.1 \d+/g)).toEqual([...Array(16).fill('HTTP/1.1 200'), 'HTTP/1.1 400'])
  expect(upstream.asked.map(({ url }) => url)).not.toContain('/behind')
})

import { expect, it } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw.ts'
import { standstill } from '../support/standstill.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'

/** Small enough to leave in one piece with its head. */
const BODY = 'x'.repeat(8000)

/** A client that reads nothing, and asks again whenever the instance has answered: until no answer leaves any more. */
async function deafClient(limits: string) {
  const upstream = await startUpstream((_, response) => void response.end(BODY, () => ask()))
  const gateway = await startGateway(`server: { limits: ${limits} }`, { services: { up: [upstream.address] } })
  const client = await RawClient.open(gateway.port)
  client.socket.pause()
  const ask = () => client.write('GET /services/up/ HTTP/1.1\r\nHost: gateway\r\n\r\n')
  ask()
  const answers = await standstill(() => upstream.asked.length)
  return { gateway, client, answers }
}

it('cuts a client that takes nothing of its small answers, and takes the last one for broken off', async () => {
  const { gateway, answers } = await deafClient('{ writeTimeout: 1s }')
  await until('the last answer is logged', () => gateway.access.length === answers)
  const ends = gateway.access.map(({ end }) => end)
  expect(ends).toEqual([...Array(answers - 1).fill('complete'), 'client-closed'])
})

it('brings a client all of its small answers when it begins to read', async () => {
  const { gateway, client, answers } = await deafClient('{}')
  expect(gateway.access.length).toBeLessThan(answers)
  client.socket.resume()
  for (let i = 0; i <= answers; i++) expect((await client.response()).body).toBe(BODY)
})

import { expect, it } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw.ts'
import { standstill } from '../support/standstill.ts'
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
  return { upstream, gateway, client }
}

it('cuts a client that takes nothing of its small answers, and takes the last one for broken off', async () => {
  const { upstream, gateway } = await deafClient('{ writeTimeout: 1s }')
  await gateway.logged('it is cut', ({ end }) => end === 'client-closed')
  const ends = gateway.access.map(({ end }) => end)
  expect(ends).toEqual([...Array(upstream.asked.length - 1).fill('complete'), 'client-closed'])
})

it('brings a client all of its small answers when it begins to read', async () => {
  const { upstream, gateway, client } = await deafClient('{}')
  const answers = await standstill(() => upstream.asked.length)
  expect(gateway.access.length).toBeLessThan(answers)
  client.socket.resume()
  for (let i = 0; i <= answers; i++) expect((await client.response()).body).toBe(BODY)
})

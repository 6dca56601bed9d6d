import { expect, it } from 'vitest'
import { openClient, startInstance } from '../e2e/wire/rig/own.ts'
import { request } from '../e2e/wire/rig/say.ts'
import { startGateway } from '../support/gateway.ts'

// One as a stranger to `node:http`, one that it has to read.
const HEADS = { everyday: [], other: ['Content-Length: 0'] }

it.each(['GET', 'HEAD'])('passes on a status that Fetch knows no response for, to a %s', async (method) => {
  const instance = await startInstance()
  const gateway = await startGateway('', { services: { s: [instance.address] } })
  instance.respond((asked) => void asked.write('HTTP/1.1 799 Odd\r\nContent-Length: 0\r\n\r\n'))
  for (const fields of Object.values(HEADS)) {
    const client = await openClient(gateway)
    client.send(request(`${method} /services/s/ HTTP/1.1`, ...fields))
    expect((await client.answer({ toHead: method === 'HEAD' })).status).toBe(799)
  }
})

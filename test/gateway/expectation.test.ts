import { expect, it } from 'vitest'
import { RawClient } from '../support/raw.ts'
import { startRawUpstream, startUpstream } from '../support/upstream.ts'
import { gatewayBefore } from './closing-rig.ts'

const through = (_: unknown, next: () => Promise<void>) => next()
const POST = ['POST /services/up/ HTTP/1.1', 'Host: a', 'Expect: 100-continue', 'Content-Length: 4', '', ''].join(
  '\r\n',
)

it('gives an instance that knows no expectations all of its time once it has the body', async () => {
  const upstream = await startRawUpstream((socket) => {
    let received = ''
    socket.on('data', (text) => {
      received += text
      if (received.endsWith('body')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
  })
  const port = await gatewayBefore(upstream.port, through, { upstream: { responseTimeout: '300ms' } })
  const client = await RawClient.open(port)
  client.write(POST)
  await client.until('HTTP/1.1 100 Continue')
  expect((await client.write('body').response()).body).toBe('ok')
})

it('does not wait longer for an instance that is not there to be asked', async () => {
  const upstream = await startUpstream(() => undefined)
  const settings = { upstream: { responseTimeout: '300ms', connections: 1 } }
  const port = await gatewayBefore(upstream.port, through, settings)
  const [first, second] = [await RawClient.open(port), await RawClient.open(port)]
  first.write(POST.replace('Expect: 100-continue\r\n', ''))
  second.write(POST)
  expect((await second.response()).status).toBe(504)
})

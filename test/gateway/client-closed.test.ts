import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createGateway } from '../../src/index.ts'
import { instance } from '../../src/plugin/index.ts'

it('names a client that left before the answer in the access log', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  onTestFinished(() => void silent.close())
  const { port } = silent.address() as AddressInfo
  const watch = async function* (signal: AbortSignal) {
    yield new Map([['a', [instance({ host: '127.0.0.1', port })]]])
    await once(signal, 'abort')
  }
  const still = { kind: 'adapter', name: 'still', create: () => ({ watch }) } as const
  const server = { host: '127.0.0.1', port: 0 }
  const lines: string[] = []
  const sink = { write: (line: string) => lines.push(line) }
  const gateway = await createGateway({ registry: 'still', server }, { plugins: [still], lines: sink })
  await gateway.start()

  const client = connect((await gateway.listen()).port, '127.0.0.1')
  client.write('GET /services/a/ HTTP/1.1\r\nhost: a\r\n\r\n')
  await once(silent, 'request')
  client.destroy()
  await gateway.close()
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { status: 499, code: 'GW_CLIENT_CLOSED', end: 'client-closed' },
  ])
})

import type { ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import type { ResponseHead } from '../../src/proxy/index.ts'
import { until } from '../support/until.ts'
import { startRawUpstream, startUpstream } from '../support/upstream.ts'
import { serviceRig } from './service-rig.ts'

const HINTS = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: x-own\r\nX-Own: y\r\nContent-Length: 3\r\n\r\n'
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

const hinting = (answer: string) =>
  startRawUpstream((socket) => void socket.on('data', () => socket.write(HINTS + answer)))

it('informs the client of what an instance says before its answer, less what was about the connection', async () => {
  const { ask } = await serviceRig('', [(await hinting(ANSWER)).address])
  const informed: ResponseHead[] = []
  const { exchange, response } = ask()
  exchange.downstream = { inform: (head) => informed.push(head) }
  expect(await (await response).text()).toBe('ok')
  expect(informed).toEqual([{ status: 103, statusText: 'Early Hints', headers: ['Link', '</a>'] }])
})

it('informs nobody of an attempt that has another one beside it', async () => {
  const held: ServerResponse[] = []
  const [hints, other] = await Promise.all([hinting(''), startUpstream((_, response) => void held.push(response))])
  const rig = await serviceRig('retry: { hedge: { least: 5ms } }', [hints.address, other.address])
  for (let i = 0; i < 20; i++) rig.service.latency!.record(5, performance.now())
  const informed: ResponseHead[] = []
  const { exchange, response } = rig.ask()
  exchange.downstream = { inform: (head) => informed.push(head) }
  ;(await until('the second one is asked', () => held[0])).end('won')
  expect(await (await response).text()).toBe('won')
  expect(informed).toEqual([])
})

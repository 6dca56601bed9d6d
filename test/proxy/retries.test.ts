import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { Means } from '../../src/proxy/index.ts'
import { type Answer, startRawUpstream, startUpstream } from '../support/upstream.ts'
import { freePort } from '../support/zookeeper-probe.ts'
import { serviceRig } from './service-rig.ts'

const nobody = async () => `127.0.0.1:${await freePort()}`
const up = () => startUpstream((_, response) => response.end('up'))
const silent = () => startUpstream(() => undefined)
const answering = (status: number) => startUpstream((_, response) => response.writeHead(status).end(`no ${status}`))
const breaking = () => startRawUpstream((socket) => socket.once('data', () => socket.resetAndDestroy()))
/** All instances are only held. */
const HELD: Partial<Means> = {
  unreachable(pool, endpoint) {
    pool.letGo(endpoint)
    return true
  },
}
const POST = { method: 'POST', body: 'a body' }
const FAST = 'upstream: { responseTimeout: 50ms }\nretry: { backoff: { base: 1ms, most: 1ms } }'
const onStatus = (retry = '') => `retry: { on: [503], backoff: { base: 1ms, most: 1ms }${retry} }`

describe('without a connection', () => {
  it('another instance is asked, whatever the method, with the body', async () => {
    const other = await up()
    const { answer, events } = await serviceRig('', [await nobody(), other.address])
    expect([await answer(), await answer(POST)]).toEqual(['200 up', '200 up'])
    expect(other.asked.map(({ body }) => String(body))).toEqual(['', 'a body'])
    expect(events).toEqual(['retry:connect', 'retry:connect'])
  })

  it('an instance that was only held counts as no attempt', async () => {
    const other = await up()
    const held = await nobody()
    const { answer, pool, events } = await serviceRig('retry: { attempts: 1 }', [held, other.address], { means: HELD })
    expect(await answer()).toBe('200 up')
    expect(events).toEqual([])
    expect([...pool.endpoints].map(({ letGo }) => letGo)).toEqual([true, false])
  })

  it('when nobody but held ones is there, the service has no instance', async () => {
    const { answer } = await serviceRig('', [await nobody(), await nobody()], { means: HELD })
    expect(await answer()).toBe('GW_NO_ENDPOINT')
  })
})

describe('broken before the head', () => {
  it('a request that may be repeated goes to another instance', async () => {
    const { answer, events } = await serviceRig('', [(await breaking()).address, (await up()).address])
    expect(await answer()).toBe('200 up')
    expect(events).toEqual(['retry:reset'])
  })

  it('neither a POST nor a PUT with a body is sent again', async () => {
    const other = await up()
    const { answer } = await serviceRig('', [(await breaking()).address, other.address])
    for (const method of ['POST', 'PUT']) expect(await answer({ ...POST, method })).toBe('GW_UPSTREAM_RESET')
    expect(other.asked).toEqual([])
  })

  it('a kept connection that died is replaced by one to the same instance', async () => {
    const raw = await startRawUpstream((socket: Socket) => {
      let requests = 0
      socket.on('data', () => {
        if (++requests === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nup')
        else socket.destroy()
      })
    })
    const { answer, events } = await serviceRig('', [raw.address])
    expect([await answer(), await answer()]).toEqual(['200 up', '200 up'])
    expect(events).toEqual(['retry:reset'])
  })
})

describe('without a head in time', () => {
  it('a request that may be repeated goes to another instance', async () => {
    const { answer, events } = await serviceRig(FAST, [(await silent()).address, (await up()).address])
    expect(await answer()).toBe('200 up')
    expect(events).toEqual(['retry:timeout'])
  })

  it('a POST is sent once', async () => {
    const other = await up()
    const { answer } = await serviceRig(FAST, [(await silent()).address, other.address])
    expect(await answer(POST)).toBe('GW_UPSTREAM_TIMEOUT')
    expect(other.asked).toEqual([])
  })

  it('nobody else is asked where timeouts are not to be retried', async () => {
    const yaml = 'upstream: { responseTimeout: 50ms }\nretry: { on: [] }'
    const other = await up()
    const { answer } = await serviceRig(yaml, [(await silent()).address, other.address])
    expect(await answer()).toBe('GW_UPSTREAM_TIMEOUT')
    expect(other.asked).toEqual([])
  })
})

describe('a status', () => {
  it('that is listed sends the request to another instance', async () => {
    const { answer, events } = await serviceRig(onStatus(), [(await answering(503)).address, (await up()).address])
    expect(await answer()).toBe('200 up')
    expect(events).toEqual(['retry:503'])
  })

  it('that is not listed is the answer, and so is any to a request that may not be repeated', async () => {
    const other = await up()
    for (const [status, init] of [
      [500, {}],
      [503, POST],
    ] as const) {
      const { answer } = await serviceRig(onStatus(), [(await answering(status)).address, other.address])
      expect(await answer(init)).toBe(`${status} no ${status}`)
    }
    expect(other.asked).toEqual([])
  })

  it('is passed on as it came when the attempts are used up, each with another instance', async () => {
    const all = [await answering(503), await answering(503), await answering(503), await up()]
    const { answer } = await serviceRig(
      onStatus(),
      all.map(({ address }) => address),
    )
    expect(await answer()).toBe('503 no 503')
    expect(all.map(({ asked }) => asked.length)).toEqual([1, 1, 1, 0])
  })

  it('is passed on as it came when there is nobody else, and when the budget is spent', async () => {
    const all = [(await answering(503)).address, (await answering(503)).address]
    const alone = await serviceRig(onStatus(), all.slice(1))
    expect([await alone.answer(), alone.events]).toEqual(['503 no 503', []])
    const poor = await serviceRig(onStatus(', budget: { share: 0%, floor: 0 }'), all)
    expect([await poor.answer(), poor.events]).toEqual(['503 no 503', ['retry-denied:budget']])
  })

  it('whose body never ends does not hold up the next attempt', async () => {
    const endless: Answer = (_, response) => void response.writeHead(503).write('and so on')
    const first = await startUpstream(endless)
    const { answer } = await serviceRig(onStatus(), [first.address, (await up()).address])
    expect(await answer()).toBe('200 up')
  })
})

it('takes what asks an instance again from the budget, and without one asks until the attempts are used up', async () => {
  const all = await Promise.all([breaking(), breaking(), breaking(), breaking()])
  const addresses = all.map(({ address }) => address)
  const rich = await serviceRig('retry: { attempts: 4, budget: null }', addresses)
  expect(await rich.answer()).toBe('GW_UPSTREAM_RESET')
  expect(rich.events).toEqual(['retry:reset', 'retry:reset', 'retry:reset'])
  // Ten requests earn two retries.
  const poor = await serviceRig('retry: { budget: { share: 20%, floor: 0 } }', addresses)
  for (let i = 0; i < 10; i++) expect(await poor.answer()).toBe('GW_UPSTREAM_RESET')
  expect(poor.events.filter((event) => event === 'retry:reset')).toHaveLength(2)
})

it('takes nothing from it where there was no connection', async () => {
  const addresses = [await nobody(), await nobody(), (await up()).address]
  const { answer, events } = await serviceRig('retry: { budget: { share: 0%, floor: 0 } }', addresses)
  expect(await answer()).toBe('200 up')
  expect(events).toEqual(['retry:connect', 'retry:connect'])
})

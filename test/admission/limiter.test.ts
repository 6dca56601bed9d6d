import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Limiter, type Ticket } from '../../src/admission/index.ts'
import { mulberry32 } from '../contract/kit.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

/** A service of which `leases` are under way. */
class Service {
  limit = 2
  leases = 0
  readonly told: string[] = []
  readonly limiter: Limiter

  constructor(pending = 3) {
    this.limiter = new Limiter({
      limit: () => this.limit,
      inFlight: () => this.leases,
      pending,
      pendingTimeoutMs: 1_000,
      now: () => performance.now(),
    })
  }

  /** Enters, or waits under this name. */
  ask(name: string): Ticket | undefined {
    if (this.limiter.tryEnter()) {
      this.leases++
      return undefined
    }
    return this.limiter.wait({
      admitted: () => this.told.push(name),
      refused: (reason) => this.told.push(`${name} ${reason}`),
    })
  }

  /** The admitted one goes on. */
  take(): void {
    this.leases++
    this.limiter.release()
  }

  end(): void {
    this.leases--
    this.limiter.freed()
  }
}

function full(pending = 3): Service {
  const service = new Service(pending)
  service.ask('')
  service.ask('')
  expect(service.leases).toBe(2)
  return service
}

it('lets in as many as the limit, and the next one when one ends', () => {
  const service = full()
  expect(service.limiter.tryEnter()).toBe(false)
  service.end()
  expect(service.limiter.tryEnter()).toBe(true)
})

it('admits in the order of arrival', () => {
  const service = full()
  for (const name of 'abc') service.ask(name)
  service.end()
  service.end()
  expect(service.told).toEqual(['a', 'b'])
})

it('lets nobody overtake those who wait', () => {
  const service = full()
  service.ask('a')
  service.limit = 3
  expect(service.limiter.tryEnter()).toBe(false)
  expect(service.told).toEqual(['a'])
})

it('refuses at once whom the queue has no place for', () => {
  const service = full()
  for (const name of 'abcd') service.ask(name)
  expect(service.told).toEqual(['d full'])
  expect(service.limiter.waiting).toBe(3)
})

it('refuses each one after the time that it may wait, and not before', async () => {
  const service = full()
  service.ask('a')
  await vi.advanceTimersByTimeAsync(400)
  service.ask('b')
  await vi.advanceTimersByTimeAsync(599)
  expect(service.told).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(service.told).toEqual(['a late'])
  await vi.advanceTimersByTimeAsync(400)
  expect(service.told).toEqual(['a late', 'b late'])
  expect(vi.getTimerCount()).toBe(0)
})

it('tells one that was admitted nothing more', async () => {
  const service = full()
  service.ask('a')
  service.end()
  await vi.advanceTimersByTimeAsync(2_000)
  expect(service.told).toEqual(['a'])
})

it('forgets one that has left, and gives its place in the queue to another', async () => {
  const service = full()
  const [a] = [...'abc'].map((name) => service.ask(name)!)
  expect(a!.cancel()).toBe(true)
  expect(a!.cancel()).toBe(false)
  service.ask('d')
  service.end()
  expect(service.told).toEqual(['b'])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(service.told).toEqual(['b', 'c late', 'd late'])
})

describe('between an admission and its lease', () => {
  it('the place is held', () => {
    const service = full()
    for (const name of 'ab') service.ask(name)
    service.end()
    service.limiter.freed()
    expect(service.limiter.tryEnter()).toBe(false)
    service.take()
    service.limiter.freed()
    expect(service.told).toEqual(['a'])
    expect(service.leases).toBe(2)
  })

  it('one that goes without hands the place to the next', () => {
    const service = full()
    for (const name of 'ab') service.ask(name)
    service.end()
    service.limiter.release()
    expect(service.told).toEqual(['a', 'b'])
  })

  it('nobody overtakes those who wait, not even out of an admission', () => {
    const service = full()
    let entered: boolean | undefined
    service.limiter.wait({ admitted: () => (entered = service.limiter.tryEnter()), refused() {} })
    service.ask('a')
    service.leases = 0
    service.limiter.freed()
    expect(entered).toBe(false)
    expect(service.told).toEqual(['a'])
  })

  it('those that go at once, within their admission, hand it on, however many there are', () => {
    const service = full(50_000)
    const admitted: number[] = []
    for (let n = 0; n < 50_000; n++) {
      service.limiter.wait({
        admitted() {
          admitted.push(n)
          service.limiter.release()
        },
        refused() {},
      })
    }
    service.end()
    expect(admitted).toEqual(Array.from({ length: 50_000 }, (_, n) => n))
    expect(service.limiter.tryEnter()).toBe(true)
  })
})

it('keeps the place of a request between two of its leases', () => {
  const service = full()
  service.ask('a')
  service.limiter.hold()
  service.end()
  expect(service.told).toEqual([])
  service.take()
  expect(service.told).toEqual([])
  service.end()
  expect(service.told).toEqual(['a'])
})

it('admits all for whom a limit that has grown has room, and nobody while one that has shrunk is exceeded', () => {
  const service = full()
  for (const name of 'abc') service.ask(name)
  service.limit = 4
  service.limiter.freed()
  expect(service.told).toEqual(['a', 'b'])
  service.take()
  service.take()
  service.limit = 2
  service.end()
  service.end()
  expect(service.told).toEqual(['a', 'b'])
  service.end()
  expect(service.told).toEqual(['a', 'b', 'c'])
})

it('never exceeds the limit, and leaves nobody waiting beside a free place, whatever happens in whatever order', () => {
  const random = mulberry32(11)
  const service = new Service()
  const tickets: Ticket[] = []
  let held = 0
  let admissions = 0
  const waiter = {
    admitted() {
      // A limit that shrinks takes nothing back.
      expect(service.leases + held).toBeLessThan(service.limit)
      held++
      admissions++
    },
    refused() {},
  }
  const moves: (() => void)[] = [
    function ask() {
      const under = service.leases + held
      if (!service.limiter.tryEnter()) tickets.push(service.limiter.wait(waiter))
      else {
        expect(under).toBeLessThan(service.limit)
        service.leases++
      }
    },
    function take() {
      if (held === 0) return
      held--
      service.take()
    },
    function goWithout() {
      if (held === 0) return
      held--
      service.limiter.release()
    },
    function end() {
      if (service.leases > 0) service.end()
    },
    function cancel() {
      tickets.splice(Math.floor(random() * tickets.length), 1)[0]?.cancel()
    },
    function change() {
      service.limit = 1 + Math.floor(random() * 8)
      service.limiter.freed()
    },
  ]
  for (let step = 0; step < 40_000; step++) {
    moves[Math.floor(random() * moves.length)]!()
    if (service.limiter.waiting > 0 && service.leases + held < service.limit) expect.fail(`in vain, at step ${step}`)
  }
  expect(admissions).toBeGreaterThan(1_000)
})

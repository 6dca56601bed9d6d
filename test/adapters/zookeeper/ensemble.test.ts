import { describe, expect, it } from 'vitest'
import type { Driven } from '../../support/driven.ts'
import { until } from '../../support/until.ts'
import { type Ensemble, ensemble } from '../../support/zookeeper-ensemble.ts'
import { watched } from '../../support/zookeeper-faults.ts'
import type { JavaServer } from '../../support/zookeeper-java.ts'
import type { Truth } from '../../support/zookeeper-truth.ts'

describe('an ensemble of three', { timeout: 90_000 }, () => {
  it('loses nothing with a follower that is killed under changes', async () => {
    const three = await ensemble()
    const [first] = await three.followers()
    const { truth, driven } = await connectedTo(first!, three)
    await killUnderChanges(first!, truth, driven)
  })

  it('loses nothing with its leader that is killed under changes', async () => {
    const three = await ensemble()
    const leader = await three.leader()
    const { truth, driven } = await connectedTo(leader, three)
    await killUnderChanges(leader, truth, driven)
    expect(await three.leader()).not.toBe(leader)
  })

  it('loses nothing with a leader that others are connected to', async () => {
    const three = await ensemble()
    const leader = await three.leader()
    const [first] = await three.followers()
    const { truth, driven } = await connectedTo(first!, three)
    await killUnderChanges(leader, truth, driven)
  })

  it('goes on with another server when the one it is connected to hangs, under changes', async () => {
    const three = await ensemble()
    const [first] = await three.followers()
    const { truth, driven } = await connectedTo(first!, three)
    const churn = truth.churn()
    first!.freeze()
    const since = performance.now()
    await until('a failure', () => driven.errors.length > 0)
    expect(driven.errors[0]).toContain('no answer to')
    // Two thirds of the session timeout; the rest is for a machine that is busy.
    expect(performance.now() - since).toBeLessThan(3000)
    const { changes } = truth
    await until('more changes', () => truth.changes > changes + 200)
    await churn.stop()
    await truth.seenBy(driven)
    first!.thaw()
    await truth.change(200)
    await truth.seenBy(driven)
    expect(driven.errors).toHaveLength(1)
  })

  it('without a quorum is neither empty nor taken for one that has lost its data', async () => {
    const three = await ensemble()
    const [first, second] = await three.followers()
    const { truth, driven, clock, warnings } = await connectedTo(first!, three)
    const before = driven.view
    const leader = await three.leader()
    await Promise.all([second!.kill(), leader.kill()])
    await until('refusals', () => driven.errors.some((error) => error.includes('before there was a session')))
    clock.advance(31_000)
    const failures = driven.errors.length
    await until('more refusals', () => driven.errors.length > failures + 3)
    expect(driven.view).toBe(before)
    await Promise.all([second!.restart(), leader.restart()])
    await truth.change(200)
    await truth.seenBy(driven)
    expect(warnings.filter((warning) => warning.includes('went back'))).toEqual([])
  })
})

/** The writer is at another server than the gateway, and at none that is killed: hence a follower. */
async function connectedTo(server: JavaServer, three: Ensemble) {
  const others = three.servers.filter((other) => other !== server)
  const leader = await three.leader()
  const writeTo = others.find((other) => other !== leader)!
  return watched(
    writeTo.address,
    [server, ...others].map(({ address }) => address),
  )
}

async function killUnderChanges(server: JavaServer, truth: Truth, driven: Driven): Promise<void> {
  const churn = truth.churn()
  const { changes } = truth
  await until('changes', () => truth.changes > changes + 300)
  await server.kill()
  await until('a failure', () => driven.errors.length > 0)
  const before = truth.changes
  await until('more changes', () => truth.changes > before + 300, 20_000)
  await churn.stop()
  await truth.seenBy(driven)
  await server.restart()
  await truth.change(200)
  await truth.seenBy(driven)
}

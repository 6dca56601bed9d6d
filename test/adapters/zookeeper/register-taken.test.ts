import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { until } from '../../support/until.ts'
import { scratchRoot, sharedZooKeeper, Writer } from '../../support/zookeeper.ts'
import { registeringAt } from './registering.ts'

describe('a node that another session has left', () => {
  it('is made anew at once when it says the same: it would be gone with that session', async () => {
    const { root, writer } = await scratchRoot()
    const ghost = await Writer.open(sharedZooKeeper(), 30_000)
    await ghost.createEphemeral(`${root}/one/10.0.0.1:80`, '{"weight":2}')
    const before = await writer.read(`${root}/one/10.0.0.1:80`)
    const one = registeringAt(root, writer, { weight: 2 })
    const { owner } = await one.node()
    expect(owner).not.toBe(before!.owner)
    await ghost.close()
    expect((await writer.read(one.path))!.owner).toBe(owner)
    expect(one.context.warnings).toEqual([])
  })

  it('is waited for when it says something else, with one warning', async () => {
    const { one, other } = await besideAnother({ sessionTimeout: '20s' })
    await until('it warns', () => one.context.warnings.length > 0)
    await other.set(one.path, '{"weight":7}')
    await other.remove(one.path)
    expect((await one.node()).data).toBe('{}')
    expect(one.context.warnings).toEqual([
      expect.stringMatching(/belongs to somebody else, in session 0x\w+; waits .* at most 40 s$/),
    ])
  })

  it('is an error when it is still there after twice the session timeout, for then somebody lives there', async () => {
    const { one, other } = await besideAnother({ sessionTimeout: '1s' })
    const began = performance.now()
    await expect(one.held).rejects.toMatchObject({
      code: 'REGISTRATION_TAKEN',
      message: expect.stringContaining(`${one.path} is taken: it belongs to somebody else`),
    })
    expect(performance.now() - began).toBeGreaterThan(1900)
    expect((await other.read(one.path))!.data).toBe('{"weight":9}')
  })

  it('is let be when the wait for it is aborted', async () => {
    const { one, other } = await besideAnother()
    await until('it warns', () => one.context.warnings.length > 0)
    await one.end()
    expect((await other.read(one.path))!.data).toBe('{"weight":9}')
  })
})

it('stands by when somebody else has put a node in place of its own, whatever kind of node, until that goes', async () => {
  const { root, writer } = await scratchRoot()
  const one = registeringAt(root, writer)
  await one.made()
  await writer.replace(one.path, '{"weight":9}')
  await until('it warns', () => one.context.warnings.length > 0)
  expect(one.context.warnings).toEqual([expect.stringMatching(/is taken: the node is persistent.*waits for it to go$/)])
  await writer.remove(one.path)
  expect((await one.node(2)).data).toBe('{}')
})

it('rejects when a persistent node is there, whatever it says', async () => {
  const { root, writer } = await scratchRoot()
  await writer.create(`${root}/one/10.0.0.1:80`, '{}')
  const { held } = registeringAt(root, writer)
  await expect(held).rejects.toMatchObject({
    code: 'REGISTRATION_TAKEN',
    message: expect.stringContaining('persistent'),
  })
  expect(await writer.read(`${root}/one/10.0.0.1:80`)).toBeDefined()
})

describe('of two that register the same', () => {
  it('the later one has the node, the earlier one stands by, and has it again when the later one ends', async () => {
    const { root, writer } = await scratchRoot()
    const earlier = registeringAt(root, writer)
    await earlier.made()
    const later = registeringAt(root, writer)
    const { owner } = await later.node()
    await until('the earlier one stands by', () => earlier.context.warnings.length > 0)
    expect((await writer.read(earlier.path))!.owner).toBe(owner)
    await later.end()
    expect((await earlier.node(2)).owner).not.toBe(owner)
    expect([earlier.times(), later.times()]).toEqual([2, 1])
  })

  it('the end of the earlier one, as at a restart, leaves the node of the later one', async () => {
    const { root, writer } = await scratchRoot()
    const earlier = registeringAt(root, writer)
    await earlier.made()
    const later = registeringAt(root, writer)
    const { createdIn } = await later.node()
    await earlier.end()
    expect((await writer.read(later.path))!.createdIn).toBe(createdIn)
    expect(later.times()).toBe(1)
  })

  it('do not fight, though they begin together', async () => {
    const { root, writer } = await scratchRoot()
    const all = [1, 2, 3, 4].map(() => registeringAt(root, writer))
    await until('each has had its turn', () => all.every((one) => one.times() === 1))
    const { createdIn } = (await writer.read(all[0]!.path))!
    await sleep(300) // nothing is to happen: there is nothing to wait for
    expect((await writer.read(all[0]!.path))!.createdIn).toBe(createdIn)
    expect(all.map((one) => one.times())).toEqual([1, 1, 1, 1])
  })
})

async function besideAnother(options: object = {}) {
  const { root, writer } = await scratchRoot()
  const other = await Writer.open(sharedZooKeeper())
  onTestFinished(() => other.close())
  await other.createEphemeral(`${root}/one/10.0.0.1:80`, '{"weight":9}')
  return { one: registeringAt(root, writer, {}, options), other }
}

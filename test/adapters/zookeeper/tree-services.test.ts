import { describe, expect, it, vi } from 'vitest'
import { zookeeper } from '../../../adapters/zookeeper/index.ts'
import { Link } from '../../../adapters/zookeeper/link.ts'
import { subject } from '../../support/adapter.ts'
import { scratchRoot, sharedZooKeeper } from '../../support/zookeeper.ts'

const A = '10.0.0.1:80'
const B = '10.0.0.2:80'

describe('the services that are wanted', () => {
  it('are those that a name or a pattern matches, and no other is read', async () => {
    const { root, writer, follow } = await scratch({ services: ['orders', 'shop-*', 'v?'] })
    for (const name of ['orders', 'shop-eu', 'shop-', 'v1', 'v12', 'orders-old', 'other'])
      await writer.create(`${root}/${name}/${A}`)
    const read = vi.spyOn(Link.prototype, 'children')
    await follow().shows({ orders: [A], 'shop-eu': [A], 'shop-': [A], v1: [A] })
    const paths = read.mock.calls.map(([path]) => path.slice(root.length)).sort()
    expect(paths).toEqual(['', '/orders', '/shop-', '/shop-eu', '/v1'])
    read.mockRestore()
  })

  it('follow what comes and goes among them', async () => {
    const { root, writer, follow } = await scratch({ services: 'shop-*, orders' })
    const following = follow()
    await following.shows({})
    await writer.create(`${root}/shop-eu/${A}`)
    await writer.create(`${root}/other/${A}`)
    await following.shows({ 'shop-eu': [A] })
    await writer.create(`${root}/orders/${A}`)
    await following.shows({ 'shop-eu': [A], orders: [A] })
    await writer.removeTree(`${root}/shop-eu`)
    await following.shows({ orders: [A] })
  })
})

describe('services that are all named', () => {
  it('are read without the root, which need not be readable', async () => {
    const { root, writer, follow } = await scratch({ services: ['one', 'two'] })
    await writer.createUnreadable(root)
    await writer.create(`${root}/one/${A}`)
    await writer.create(`${root}/three/${A}`)
    const following = follow()
    await following.shows({ one: [A] })
    await writer.create(`${root}/two/${B}`)
    await following.shows({ one: [A], two: [B] })
    for (const name of ['one', 'two', 'three']) await writer.removeTree(`${root}/${name}`)
    await writer.remove(root)
  })

  it('are waited for, and may go and come back', async () => {
    const { root, writer, follow } = await scratch({ services: ['one'] })
    const following = follow()
    await following.shows({})
    for (const node of [A, B, A]) {
      await writer.create(`${root}/one/${node}`)
      await following.shows({ one: [node] })
      await writer.removeTree(root)
      await following.shows({})
    }
  })
})

describe('nested services', () => {
  it('are named by their path, and what only holds services is none', async () => {
    const { root, writer, follow, warnings } = await scratch({ nested: true })
    await writer.createEphemeral(`${root}/shop/orders/${A}`)
    await writer.createEphemeral(`${root}/shop/carts/v2/${B}`)
    await writer.create(`${root}/flat/${A}`)
    await writer.create(`${root}/none`)
    await follow().shows({ 'shop.orders': [A], 'shop.carts.v2': [B], flat: [A], none: [] })
    expect(warnings).toEqual([])
  })

  it('may lie beside instances', async () => {
    const { root, writer, follow } = await scratch({ nested: true })
    await writer.createEphemeral(`${root}/shop/${A}`)
    await writer.createEphemeral(`${root}/shop/orders/${B}`)
    await follow().shows({ shop: [A], 'shop.orders': [B] })
  })

  it('come, lose their last instance, get one again, and go', async () => {
    const { root, writer, follow, warnings } = await scratch({ nested: true })
    const following = follow()
    await following.shows({})
    for (const _round of [1, 2]) {
      await writer.createEphemeral(`${root}/shop/orders/${A}`)
      await following.shows({ 'shop.orders': [A] })
      await writer.remove(`${root}/shop/orders/${A}`)
      await following.shows({ 'shop.orders': [] })
      await writer.createEphemeral(`${root}/shop/orders/${B}`)
      await following.shows({ 'shop.orders': [B] })
      await writer.removeTree(`${root}/shop/orders`)
      await following.shows({ shop: [] })
      await writer.removeTree(`${root}/shop`)
      await following.shows({})
    }
    expect(warnings).toEqual([])
  })

  it('are read down to 8 deep', async () => {
    const { root, writer, adapter, follow, warnings } = await scratch({ nested: true })
    await writer.createEphemeral(`${root}/1/2/3/4/5/6/7/8/${A}`)
    await writer.createEphemeral(`${root}/a/2/3/4/5/6/7/8/9/${A}`)
    await follow().until((view) => view.get('1.2.3.4.5.6.7.8')?.length === 1)
    const place = `${root}/a/2/3/4/5/6/7/8/9`
    expect([...adapter.leftOut!()]).toEqual([{ place, reason: 'it is nested more than 8 deep' }])
    expect(warnings).toEqual([`${place} left out: it is nested more than 8 deep`])
  })

  it('that have one name with another have it when that is gone', async () => {
    const { root, writer, adapter, follow } = await scratch({ nested: true })
    await writer.createEphemeral(`${root}/a.b/${A}`)
    await writer.createEphemeral(`${root}/a/b/${B}`)
    const following = follow()
    await following.shows({ 'a.b': [A] })
    expect([...adapter.leftOut!()]).toEqual([{ place: `${root}/a/b`, reason: `the service a.b is at ${root}/a.b` }])
    await writer.removeTree(`${root}/a.b`)
    await following.shows({ 'a.b': [B] })
    expect([...adapter.leftOut!()]).toEqual([])
  })

  it('are looked for only where a wanted one may be', async () => {
    const { root, writer, follow } = await scratch({ nested: true, services: ['shop.orders', 'pay.*'] })
    for (const path of ['shop/orders', 'shop/carts', 'pay/card', 'other/orders'])
      await writer.createEphemeral(`${root}/${path}/${A}`)
    const read = vi.spyOn(Link.prototype, 'children')
    await follow().shows({ 'shop.orders': [A], 'pay.card': [A] })
    const paths = read.mock.calls.map(([path]) => path.slice(root.length)).sort()
    expect(paths).toEqual(['', '/pay', '/pay/card', '/shop', '/shop/orders'])
    read.mockRestore()
  })
})

describe('the instances of a service', () => {
  it('may lie below a child of it, which may come and go', async () => {
    const { root, writer, follow } = await scratch({ layout: 'dubbo' })
    const provider = encodeURIComponent('tri://10.0.0.1:80/Demo?side=provider')
    const following = follow()
    await writer.create(`${root}/Demo/consumers`)
    await following.until((view) => view.get('Demo') !== undefined)
    for (const _round of [1, 2]) {
      await writer.createEphemeral(`${root}/Demo/providers/${provider}`)
      await following.shows({ Demo: [A] })
      await writer.removeTree(`${root}/Demo/providers`)
      await following.shows({ Demo: [] })
    }
  })

  it('may be in its own data, as long as it has no children', async () => {
    const { root, writer, follow } = await scratch({})
    const node = (port: number) => JSON.stringify([{ host: '10.0.0.1', port, weight: 1 }])
    await writer.create(`${root}/one`)
    const following = follow()
    await following.shows({ one: [] })
    await writer.set(`${root}/one`, node(81))
    await following.shows({ one: ['10.0.0.1:81'] })
    await writer.set(`${root}/one`, node(82))
    await following.shows({ one: ['10.0.0.1:82'] })
    await writer.create(`${root}/one/${B}`)
    await following.shows({ one: [B] })
    await writer.remove(`${root}/one/${B}`)
    await following.shows({ one: ['10.0.0.1:82'] })
  })
})

describe('the session timeout', () => {
  it('is what was asked for, until the server has granted one', async () => {
    const { adapter, follow } = await scratch({ sessionTimeout: '1h' })
    expect(adapter.sessionTimeoutMs).toBe(3_600_000)
    await follow().shows({})
    expect(adapter.sessionTimeoutMs).toBe(60_000)
  })
})

async function scratch(options: object) {
  const { root, writer } = await scratchRoot()
  return { root, writer, ...(await subject(zookeeper, { hosts: sharedZooKeeper(), root, ...options })) }
}

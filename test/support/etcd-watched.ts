import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished } from 'vitest'
import { etcd } from '../../adapters/etcd.ts'
import type { RegistryView } from '../../src/plugin/index.ts'
import type { Following } from '../contract/index.ts'
import { subject } from './adapter.ts'
import { startEtcd } from './etcd.ts'
import { FaultProxy } from './fault-proxy.ts'
import { eventually } from './until.ts'

export const A = '10.0.0.1:80'
export const B = '10.0.0.2:80'
export const BRISK = { connectTimeout: '500ms', requestTimeout: '500ms', heartbeat: '200ms' }
const POLL_MS = 10

export async function alone(options: object = BRISK) {
  const server = await startEtcd()
  return { server, ...(await subject(etcd, { endpoints: server.address, ...options })) }
}

export async function behindProxy(options: object = {}) {
  const server = await startEtcd()
  const proxy = await FaultProxy.open(server.address)
  onTestFinished(() => proxy.close())
  return { server, proxy, ...(await subject(etcd, { endpoints: proxy.address, ...BRISK, ...options })) }
}

/** Watches again after each failure, as the gateway does, until told to stop. */
export function watchedForEver(follow: () => Following): [tries: readonly Following[], stop: () => Promise<void>] {
  const tries = [follow()]
  let over = false
  const loop = async () => {
    for (; !over; await sleep(POLL_MS)) if (tries.at(-1)!.error) tries.push(follow())
  }
  const ended = loop()
  return [
    tries,
    async () => {
      over = true
      await ended
    },
  ]
}

export async function shows(tries: readonly Following[], truth: ReadonlyMap<string, number>) {
  const expected = [...truth].map(([name, weight]) => `${name}=${weight}`).sort()
  await eventually(async () => {
    const view: RegistryView = tries.at(-1)!.view ?? new Map()
    const found = [...view].flatMap(([name, list]) => list.map(({ id, weight }) => `${name}/${id}=${weight}`))
    expect(found.sort()).toEqual(expected)
  })
}

export const weightOf = (value: string): number => (value === '' ? 1 : JSON.parse(value).weight)

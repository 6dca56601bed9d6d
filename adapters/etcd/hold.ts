import { setTimeout as sleep } from 'node:timers/promises'
import type { PluginContext } from '../../src/plugin/index.ts'
import { type Client, Refused } from './client.ts'
import type { Servers } from './servers.ts'

const LONGEST_PAUSE_MS = 1000

export interface Holding {
  /** Lives no longer than we do. */
  readonly key: string
  readonly value: string
  /** Stays: it says that there is such a service. */
  readonly marker: string
  readonly leaseMs: number
}

interface Lease {
  readonly ID: string
  readonly TTL?: string
}

/**
 * Keeps a key there until `signal` aborts, then takes it away. A lease that has ended, or a server that has, is followed
 * by the next one.
 *
 * @throws Refused when the server declines
 */
export async function hold(
  servers: Servers,
  holding: Holding,
  signal: AbortSignal,
  context: PluginContext,
): Promise<void> {
  let lease: Lease | undefined
  while (!signal.aborted) {
    const down = new AbortController()
    try {
      const client = await servers.reach(down.signal, async (client) => {
        lease = await client.call<Lease>('lease/grant', { TTL: Math.ceil(holding.leaseMs / 1000) })
        await put(client, lease, holding)
        return client
      })
      context.log.info({ key: holding.key }, `${holding.key} is registered`)
      await keepAlive(client, lease!, holding.leaseMs / 3, signal)
    } catch (error) {
      if (error instanceof Refused) throw error
      if (signal.aborted) break
      context.log.warn(
        { key: holding.key, reason: (error as Error).message },
        `${holding.key} is to be registered again`,
      )
      await sleep(context.random() * LONGEST_PAUSE_MS, undefined, { signal }).catch(() => {})
    } finally {
      down.abort()
    }
  }
  if (lease) await revoke(servers, lease, holding, context)
}

/** Both keys at once, or neither. What was there, such as our own from before a restart, is taken over. */
async function put(client: Client, { ID }: Lease, { key, value, marker }: Holding): Promise<void> {
  const pairs = [{ key: base64(marker) }, { key: base64(key), value: base64(value), lease: ID }]
  await client.call('kv/txn', { success: pairs.map((request_put) => ({ request_put })) })
}

async function keepAlive(client: Client, { ID }: Lease, everyMs: number, signal: AbortSignal): Promise<never> {
  for (;;) {
    await sleep(everyMs, undefined, { signal })
    const { result } = await client.call<{ result?: Lease }>('lease/keepalive', { ID })
    if (!result?.TTL) throw new Error('the lease has ended')
  }
}

async function revoke(
  servers: Servers,
  { ID }: Lease,
  { key, leaseMs }: Holding,
  { log }: PluginContext,
): Promise<void> {
  const down = new AbortController()
  try {
    await servers.reach(down.signal, (client) => client.call('lease/revoke', { ID }))
  } catch (error) {
    const reason = (error as Error).message
    log.warn({ key, reason }, `${key} could not be taken back; it ends with its lease, within ${leaseMs} ms`)
  } finally {
    down.abort()
  }
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

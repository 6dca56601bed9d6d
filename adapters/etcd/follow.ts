import { setTimeout as sleep } from 'node:timers/promises'
import type { Bytes, Client } from './client.ts'
import type { Keys } from './keys.ts'

interface KeyValue {
  readonly key: Bytes
  readonly value?: Bytes
}

interface Page {
  readonly header: { readonly revision: string }
  readonly kvs?: readonly KeyValue[]
  readonly more?: boolean
}

/** Fields that are 0, false or empty are left out: a put has no type, an empty value no value. */
interface Watched {
  readonly header: { readonly revision?: string }
  readonly created?: boolean
  readonly canceled?: boolean
  readonly cancel_reason?: string
  readonly compact_revision?: string
  readonly events?: readonly { readonly type?: 'DELETE'; readonly kv: KeyValue }[]
}

/** A value may have more than 1 MiB, and a page comes in one piece. */
const PAGE = 100

/** The revision that is to be followed is no longer kept. */
class Compacted extends Error {}

/** Reads all keys below `prefix` as they are at one revision, which it resolves with. */
export async function read(client: Client, prefix: string, keys: Keys): Promise<bigint> {
  const seen = new Set<Bytes>()
  let revision: string | undefined
  let from: Buffer | undefined = Buffer.from(prefix)
  while (from) {
    const page: Page = await client.call<Page>('kv/range', { ...below(prefix, from), limit: PAGE, revision })
    revision ??= page.header.revision
    const pairs = page.kvs ?? []
    for (const { key, value = '' } of pairs) {
      seen.add(key)
      keys.put(key, value)
    }
    from = page.more ? Buffer.concat([Buffer.from(pairs.at(-1)!.key, 'base64'), Buffer.alloc(1)]) : undefined
  }
  keys.keepOnly(seen)
  return BigInt(revision!)
}

/**
 * Keeps `keys` as the server has them, which were read at `revision`, and calls `changed` after each change. Rejects when
 * that is no longer possible. What was compacted away before it could be followed is read again.
 */
export async function follow(
  client: Client,
  prefix: string,
  keys: Keys,
  revision: bigint,
  changed: () => void,
): Promise<never> {
  for (let known = revision; ; known = await read(client, prefix, keys), changed()) {
    const create_request = { ...below(prefix), start_revision: String(known + 1n), fragment: true }
    const take = (message: Watched) => {
      assertFollowing(message, known)
      for (const { type, kv } of message.events ?? [])
        type === 'DELETE' ? keys.delete(kv.key) : keys.put(kv.key, kv.value ?? '')
      if (message.events) changed()
    }
    await client.stream('watch', { create_request }, take).catch((error) => {
      if (!(error.cause instanceof Compacted)) throw error
    })
  }
}

/**
 * Asks the server again and again whether it is there, and has a majority: a watch alone would not tell.
 * Rejects when it has no answer.
 */
export async function beat(client: Client, prefix: string, everyMs: number, signal: AbortSignal): Promise<never> {
  for (;;) {
    await sleep(everyMs, undefined, { signal })
    await client.call('kv/range', { key: below(prefix).key, keys_only: true })
  }
}

function assertFollowing({ header, created, canceled, cancel_reason, compact_revision }: Watched, known: bigint): void {
  if (compact_revision) throw new Compacted(`revision ${known} has been compacted`)
  if (canceled) throw new Error(`the watch was refused: ${cancel_reason ?? 'no reason given'}`)
  // It would be silent until it has come so far again.
  if (created && BigInt(header.revision ?? 0) < known)
    throw new Error(`the server is at revision ${header.revision}, behind ${known}: it lags, or has lost its data`)
}

/** All keys that start with `prefix`, from `from` on: up to the prefix whose last byte is one more. */
function below(prefix: string, from: Buffer = Buffer.from(prefix)): { key: Bytes; range_end: Bytes } {
  const end = Buffer.from(prefix)
  end[end.length - 1]! += 1
  return { key: from.toString('base64'), range_end: end.toString('base64') }
}

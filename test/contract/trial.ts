import assert from 'node:assert/strict'
import { type Instance, type InstanceFields, instance, type RegistryAdapter } from '../../src/plugin/index.ts'
import type { AdapterRig } from './adapter.ts'
import type { Following } from './following.ts'
import type { LogEntry } from './kit.ts'

/** What a law has to work with. */
export interface Trial {
  readonly rig: AdapterRig
  readonly adapter: RegistryAdapter
  /** What the adapter has logged so far. */
  readonly entries: readonly LogEntry[]
  /** What it has warned of. */
  readonly warnings: readonly string[]
  /** Starts a watch, which is stopped after the law at the latest. */
  follow(): Following
  /** Begins to register, which is ended after the law at the latest. */
  register(service: string, fields: InstanceFields): Registering
}

/** A registration that is being made, or held. */
export interface Registering {
  readonly instance: Instance
  /** Aborts it; rejects when it rejects because of that, or has not ended after 10 s. */
  end(): Promise<void>
}

const PATIENCE_MS = 10_000

export class Registrations {
  readonly #all: Registering[] = []

  add(adapter: RegistryAdapter, service: string, fields: InstanceFields): Registering {
    const abort = new AbortController()
    const registered = instance(fields)
    const held = adapter.register!(service, registered, abort.signal)
    held.catch(() => {})
    const end = async () => {
      abort.abort()
      await within(held, 'end of the registration after an abort')
    }
    const registering = { instance: registered, end }
    this.#all.push(registering)
    return registering
  }

  async end(): Promise<void> {
    await Promise.allSettled(this.#all.map((one) => one.end()))
  }
}

export async function nothingOpen(rig: AdapterRig): Promise<void> {
  const deadline = Date.now() + 5000
  while ((await rig.open()) > 0) {
    if (Date.now() > deadline) assert.fail(`${await rig.open()} still open after the end`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

async function within(work: Promise<void>, what: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no ${what} within ${PATIENCE_MS} ms`)), PATIENCE_MS)
  })
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}

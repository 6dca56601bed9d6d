import { onTestFinished } from 'vitest'
import type { RegistryAdapter, RegistryView } from '../../src/plugin/index.ts'
import { follow, fullJitter } from '../../src/registry/follow.ts'
import { mulberry32 } from '../contract/index.ts'

/** An adapter that is watched as the gateway does it: again after each failure, after a short pause with jitter. */
export interface Driven {
  readonly view: RegistryView | undefined
  /** What the watches before this one ended with, oldest first. */
  readonly errors: readonly string[]
  /** How many views there have been. */
  readonly views: number
}

const BASE_MS = 20
const CAP_MS = 300

export function drive(adapter: RegistryAdapter): Driven {
  const driven = { view: undefined as RegistryView | undefined, errors: [] as string[], views: 0 }
  const ended = new AbortController()
  const follower = {
    view(view: RegistryView) {
      driven.view = view
      driven.views++
    },
    stale: ({ message }: Error) => void driven.errors.push(message),
  }
  const delayMs = fullJitter(mulberry32(1), BASE_MS, CAP_MS)
  const following = follow(adapter, follower, { signal: ended.signal, now: () => performance.now(), delayMs })
  onTestFinished(async () => {
    ended.abort()
    await following
  })
  return driven
}

import type { PoolOptions } from '../../src/balancing/index.ts'
import { mulberry32 } from '../contract/index.ts'

export interface ScriptedPoolOptions extends PoolOptions {
  /** Moves both clocks on, which stand still otherwise. */
  advance(ms: number): void
}

export const WALL_MS = Date.UTC(2026, 0, 1)

/** Clocks that begin at 0 and at `WALL_MS`, chance from a seed, panic below a half, no slow start, no probes. */
export function poolOptions(overrides: Partial<PoolOptions> = {}): ScriptedPoolOptions {
  let nowMs = 0
  return {
    random: mulberry32(1),
    now: () => nowMs,
    wallMs: () => WALL_MS + nowMs,
    panicBelow: 0.5,
    slowStartMs: 0,
    probed: false,
    ...overrides,
    advance(ms) {
      nowMs += ms
    },
  }
}

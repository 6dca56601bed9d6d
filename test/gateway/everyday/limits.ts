import type { LimitsConfig } from '../../../src/config/types.ts'

/** What a head may be, as it is by default or otherwise. */
export function limits(own: Partial<LimitsConfig> = {}): LimitsConfig {
  return { headerBytes: 32 * 1024, headerCount: 100, urlBytes: 16 * 1024, ...own } as LimitsConfig
}

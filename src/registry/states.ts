/** The worst first: what several registries are together is what the worst of them is. */
export const SOURCE_STATES = ['pending', 'disk', 'stale', 'suspect', 'recovering', 'live'] as const

/**
 * `live`: the registry says what is so. `suspect`: it cannot be read; its sessions may live on. `stale`: it cannot be read,
 * and they have ended. `recovering`: it can be read again, and providers may still be registering anew. `disk`: it has
 * not been read since the start, and a snapshot stands for it. `pending`: nothing is known.
 */
export type SourceState = (typeof SOURCE_STATES)[number]

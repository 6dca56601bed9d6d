import { type Instance, instance, metadataOf, statusOf } from '../../../src/plugin/index.ts'
import type { Reading, Wanted } from './layout.ts'
import { quoted } from './say.ts'

/** What a znode says, as it says it. What is `undefined` or `null` is not said. */
export interface Facts {
  readonly host: unknown
  readonly port: unknown
  /** When not said, `tls` of the metadata says it: `true` or `1`. */
  readonly tls?: boolean | undefined
  readonly weight?: unknown
  /** That of whoever says nothing, in this layout. */
  readonly usualWeight?: number
  readonly version?: unknown
  readonly status?: Instance['status'] | undefined
  /** Epoch milliseconds, as a number or in digits; anything else is not said, and the znode's own time counts. */
  readonly registeredAt?: unknown
  /** Anything: what is no object has none. */
  readonly metadata?: unknown
}

/** What metadata keys are called unless the options say otherwise. */
export const USUAL_KEYS: Wanted['metadata'] = { weight: 'weight', zone: 'zone', version: 'version', status: 'status' }

const BY_FITNESS = ['up', 'draining', 'down'] as const

/**
 * The instance of what a znode says. The layout's own fields come first, then the metadata keys that are wanted; of two
 * statuses the worse. A weight of 0 is what these registries say for "no new work": draining.
 *
 * @throws Error that names the field, or the metadata key, that is wrong
 */
export function made(layout: string, facts: Facts, wanted: Wanted): Reading {
  const metadata = metadataOf(facts.metadata)
  const weight = weightOf(facts, metadata, wanted.metadata.weight)
  const zone = said(metadata, wanted.metadata.zone)
  const registeredAt = momentOf(facts.registeredAt)
  const one = instance({
    host: facts.host as string,
    port: facts.port as number,
    tls: facts.tls ?? /^(?:true|1)$/i.test(said(metadata, 'tls') ?? ''),
    weight: weight || 1,
    ...(zone !== undefined && { zone }),
    ...(registeredAt !== undefined && { registeredAt }),
    status: worst(
      facts.status ?? 'up',
      weight === 0 ? 'draining' : 'up',
      statusOf(said(metadata, wanted.metadata.status)),
    ),
    metadata: versioned(metadata, wanted, facts.version),
    layout,
  })
  return { instances: [one] }
}

/** With what stands for the version under the name `version`, where strategies and people look for it. */
export function versioned(
  metadata: Readonly<Record<string, string>>,
  wanted: Wanted,
  own?: unknown,
): Readonly<Record<string, string>> {
  const version = textOf(own) ?? said(metadata, wanted.metadata.version)
  return version === undefined || metadata.version === version ? metadata : { ...metadata, version }
}

function weightOf(facts: Facts, metadata: Readonly<Record<string, string>>, key: string): number {
  if (facts.weight !== undefined && facts.weight !== null) return weightFrom(facts.weight, 'weight')
  const text = said(metadata, key)
  return text === undefined ? (facts.usualWeight ?? 1) : weightFrom(text, `metadata ${quoted(key)}`)
}

/** @throws Error that says where the weight is written */
export function weightFrom(value: unknown, where: string): number {
  const weight = typeof value === 'string' && /^\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?$/i.test(value) ? Number(value) : value
  if (typeof weight === 'number' && weight >= 0 && weight <= 1e6) return weight
  throw new Error(`${where}: ${quoted(value)} is not a weight; it is a number from 0 to 1000000`)
}

/** Later than the protocols that write it, so that neither seconds nor 0 are taken for it. */
const EARLIEST_MS = Date.UTC(2005)

function momentOf(value: unknown): number | undefined {
  const ms = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  return typeof ms === 'number' && Number.isSafeInteger(ms) && ms >= EARLIEST_MS ? ms : undefined
}

function said(metadata: Readonly<Record<string, string>>, key: string): string | undefined {
  return (Object.hasOwn(metadata, key) && metadata[key]) || undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) || undefined : undefined
}

function worst(...words: readonly Instance['status'][]): Instance['status'] {
  return BY_FITNESS[Math.max(...words.map((word) => BY_FITNESS.indexOf(word)))]!
}

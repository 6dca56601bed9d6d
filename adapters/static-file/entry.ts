import { z } from 'zod'
import { address, type InstanceFields } from '../../src/plugin/index.ts'

// YAML reads `zone: 1` and `canary: true` as a number and a boolean; both are meant as text here.
const text = z.union([z.string(), z.number(), z.boolean()]).transform(String)

const mapping = z.strictObject({
  address: z.string(),
  weight: z.number().optional(),
  zone: text.optional(),
  status: z.enum(['up', 'draining', 'down']).optional(),
  tls: z.boolean().optional(),
  metadata: z.record(z.string(), text).optional(),
})

/**
 * One entry of a service's list: an address, or a mapping with an address.
 *
 * @throws TypeError that names the field at fault
 */
export function entry(written: unknown): InstanceFields {
  if (typeof written === 'string') return address(written)
  const { data, error } = mapping.safeParse(written)
  if (error) throw new TypeError(error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; '))
  const { address: place, ...rest } = data
  const given = Object.entries(rest).filter(([, value]) => value !== undefined)
  return { ...address(place), ...Object.fromEntries(given) }
}

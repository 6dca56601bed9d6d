import { z } from 'zod'
import { duration } from '../plugin/index.ts'
import { defaults } from './defaults.ts'
import { adapterRef, described, text, textLike } from './fields.ts'

const { registry } = defaults

const name = textLike(/^[a-z0-9][a-z0-9_.-]{0,63}$/, 'a name of lower-case letters, digits, "-", "_" and "."')
const settle = z.union([z.literal('auto'), duration()])

const settings = {
  name: described(name.optional(), 'What it is called; the type if there is one of that type.'),
  merge: described(
    z.enum(['union', 'first']),
    'union: its instances beside those of the registries before it; first: only where those have nobody.',
  ).prefault(registry.merge),
  onEmpty: described(
    z.enum(['hold', 'clear']).optional(),
    'hold: the last instance of a service that leaves is kept until it fails; clear: it is gone. A local file clears.',
  ),
  settle: described(
    settle,
    'How long a service must be quiet before what left it in doubt is let go; auto: the session timeout, at least 30s; 0 keeps nothing.',
  ).prefault(registry.settle),
  snapshot: described(
    text().nullable().optional(),
    'The last known good view on disk, for a start without the registry; null for none. A local file has none.',
  ),
}

export const registryEntry = adapterRef(settings)

/** One registry, or several that are merged in order. */
export const registrySchema = z
  .union([registryEntry, z.array(registryEntry).min(1)])
  .transform((written) => (Array.isArray(written) ? written : [written]))
  .superRefine((entries, check) => {
    const names = entries.map((entry) => entry.name ?? entry.type)
    for (const [index, name] of names.entries())
      if (names.indexOf(name) < index)
        check.addIssue({
          code: 'custom',
          path: [index],
          message: `two registries are called "${name}"; give one of them a name`,
        })
  })

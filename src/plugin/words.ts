import type { Instance } from './instance.ts'

/** What a registry's word for the condition of an instance means: nothing and `up` are up, `draining` is, all else is down. */
export function statusOf(word: unknown): Instance['status'] {
  const lower = String(word ?? '').toLowerCase()
  if (lower === '' || lower === 'up') return 'up'
  return lower === 'draining' ? 'draining' : 'down'
}

/** An object's values as text, nested ones as JSON, without those that are null; what is no object has none. */
export function metadataOf(value: unknown): Record<string, string> {
  const texts: Record<string, string> = {}
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return texts
  // As a key it would be the object's prototype.
  for (const [key, one] of Object.entries(value))
    if (one !== null && one !== undefined && key !== '__proto__')
      texts[key] = typeof one === 'object' ? JSON.stringify(one) : String(one)
  return texts
}

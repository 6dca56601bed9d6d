import type { Instance } from './instance.ts'

/** What a registry's word for the condition of an instance means: nothing and `up` are up, `draining` is, all else is down. */
export function statusOf(word: unknown): Instance['status'] {
  const lower = String(word ?? '').toLowerCase()
  if (lower === '' || lower === 'up') return 'up'
  return lower === 'draining' ? 'draining' : 'down'
}

/** An object's values as text, nested ones as JSON; what is no object has none. */
export function metadataOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  const text = (one: unknown) => (typeof one === 'object' ? JSON.stringify(one) : String(one))
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, text(one)]))
}

import type { OutgoingHttpHeaders } from 'node:http'

/** Fields as Node takes them in a flat list: one with several values is several fields. */
export function flatFields(fields: OutgoingHttpHeaders): string[] {
  return Object.entries(fields).flatMap(lines)
}

function lines([name, value]: [string, OutgoingHttpHeaders[string]]): string[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value.flatMap((one) => [name, one]) : [name, String(value)]
}

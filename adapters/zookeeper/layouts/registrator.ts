import { instance } from '../../../src/plugin/index.ts'
import type { Layout } from './layout.ts'

/**
 * What gliderlabs/registrator writes: the data is `{"IP", "PublicPort", "Tags", "Attrs", …}`. `Attrs` is the metadata;
 * it has no field for weight, zone or TLS, so `Attrs.weight`, `Attrs.zone` and `Attrs.tls` ("true") stand for them.
 */
export const registrator: Layout = (_name, data) => {
  const { IP, PublicPort, Attrs } = registration(data)
  const metadata = attributes(Attrs)
  const { weight, zone, tls } = metadata
  return instance({
    host: IP as string,
    port: PublicPort as number,
    ...(weight === undefined ? {} : { weight: Number(weight) }),
    ...(zone === undefined ? {} : { zone }),
    tls: tls === 'true' || tls === '1',
    metadata,
  })
}

/** Whether data looks like a registration, whoever wrote it. */
export function isRegistration(data: Buffer | undefined): boolean {
  try {
    return 'PublicPort' in registration(data)
  } catch {
    return false
  }
}

function registration(data: Buffer | undefined): Record<string, unknown> {
  const value: unknown = JSON.parse(data?.toString('utf8') ?? 'null')
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new TypeError('the data is not a JSON object')
}

function attributes(attrs: unknown): Record<string, string> {
  if (typeof attrs !== 'object' || attrs === null) return {}
  return Object.fromEntries(Object.entries(attrs).map(([key, value]) => [key, String(value)]))
}

import { caddy } from './caddy.mjs'
import { haproxy } from './haproxy.mjs'
import { nginx } from './nginx.mjs'
import { nodeProxies } from './node-proxies.mjs'
import { portolan, portolanOneProcess, portolanQuiet } from './portolan.mjs'

/**
 * A program that is measured.
 *
 * `forwards`: it sets `X-Forwarded-For`, and that is checked. `spreads: false`: it need not reach both instances. `worker`: the
 * process whose memory counts is its own, or its child's. `compiled`: it needs no long warm-up. `headers`: what it must be asked
 * with. `missing` says why it cannot run here, or undefined. `command` may write files into `dir`, which is its working directory.
 *
 * @typedef {{ dir: string, port: number, adminPort: number, upstreams: number[],
 *   tls?: { cert: string, key: string, both: string } }} Place
 * @typedef {{ name: string, does: string, forwards: boolean, spreads?: boolean, worker: 'itself' | 'child', compiled?: boolean,
 *   headers?: Record<string, string>, missing(): string | undefined,
 *   command(place: Place): { command: string, args: string[] } }} Candidate
 */

/** By name; the first is what the others are compared with. @type {Record<string, Candidate>} */
export const candidates = Object.fromEntries(
  [nginx, haproxy, caddy, ...nodeProxies, portolan, portolanQuiet, portolanOneProcess].map((one) => [one.name, one]),
)

const named = (...names) => names.map((name) => candidates[name])

/** Those that cost the least of their kind and are right in every case. */
export const best = named('nginx', 'haproxy', 'fast-gateway', 'portolan')

/** For cases that say little more than the small GET, which everyone runs. */
export const two = named('nginx', 'portolan')

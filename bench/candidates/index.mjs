import { nginx } from './nginx.mjs'
import { nodeProxies } from './node-proxies.mjs'
import { portolans } from './portolan.mjs'

/**
 * A program that is measured.
 *
 * `forwards`: it sets `X-Forwarded-For`, and that is checked. `worker`: the process whose memory counts is its own, or its child's.
 * `missing` says why it cannot run here, or undefined. `command` may write files into `dir`, which is its working directory.
 *
 * @typedef {{ name: string, does: string, forwards: boolean, worker: 'itself' | 'child', missing(): string | undefined,
 *   command(place: { dir: string, port: number, adminPort: number, upstreams: number[] }): { command: string, args: string[] } }} Candidate
 */

/** The first is what the others are compared with. @type {Candidate[]} */
export const candidates = [nginx, ...nodeProxies, ...portolans]

import { defaults } from './defaults.mjs'
import { halfLoad } from './half-load.mjs'
import { manyConnections } from './many-connections.mjs'
import { manyFields } from './many-fields.mjs'
import { middleware } from './middleware.mjs'
import { newConnections } from './new-connections.mjs'
import { responses } from './responses.mjs'
import { services } from './services.mjs'
import { smallGet } from './small-get.mjs'
import { strategies } from './strategies.mjs'
import { tls } from './tls.mjs'
import { uploads } from './uploads.mjs'
import { webSocket } from './websocket.mjs'
import { workers } from './workers.mjs'

/**
 * What is asked of candidates, and of which; the others are compared with the first.
 *
 * GETs of `/bytes` over 64 keep-alive connections in a closed loop, unless it says otherwise. `per`: what CPU time is given by.
 * `answerBytes`: each answer has no fewer. `warmups`: so many times as long as others what has a JIT is warmed up. `rate`: of an open loop, in requests a second, from what the round has measured.
 * `missing` says why it cannot run here, or undefined.
 *
 * @typedef {{ result(candidate: import('../candidates/index.mjs').Candidate, what: Case): Promise<{ perSecond: number }> }} Round
 * @typedef {{ name: string, does: string, candidates: import('../candidates/index.mjs').Candidate[],
 *   per?: 'request' | 'MB' | 'message', path?: string, method?: string, headers?: Record<string, string>, bodyBytes?: number,
 *   answerBytes?: number, connections?: number, warmups?: number, tls?: boolean, generator?: 'closed' | 'open' | 'webSockets',
 *   upstream?: 'http' | 'webSocket', rate?(round: Round): Promise<number>, missing?(): string | undefined }} Case
 */

/** @type {Case[]} */
export const cases = [
  smallGet,
  ...uploads,
  ...responses,
  manyFields,
  newConnections,
  manyConnections,
  halfLoad,
  webSocket,
  tls,
  workers,
  services,
  strategies,
  middleware,
  defaults,
]

import type { Socket } from 'node:net'
import type { LimitsConfig } from '../../../config/types.ts'
import { type Deadlines, deadlinesOf } from '../../../proxy/index.ts'
import type { Entrance, EntranceOptions } from '../../entrance.ts'
import type { RequestsPerConnection } from '../requests-per-connection.ts'
import { EverydayConnection } from './connection.ts'
import type { EverydayReply } from './reply.ts'
import type { Witness } from '../../reply.ts'

export interface EverydayMeans {
  readonly entrance: Entrance
  readonly limits: LimitsConfig
  readonly witness: Witness
  readonly requests: RequestsPerConnection
  readonly keepAliveLines: string
  readonly headDeadlines: Deadlines
  readonly idleDeadlines: Deadlines
  now(): number
  handOver(socket: Socket): void
  leaveToAdapter(rest: Response, reply: EverydayReply): void
}

export function acceptEveryday(
  entrance: Entrance,
  options: EntranceOptions & { limits: LimitsConfig; keepAliveLines: string; requests: RequestsPerConnection },
  handOver: (socket: Socket) => void,
): (socket: Socket) => void {
  const means: EverydayMeans = {
    ...options,
    entrance,
    witness: options,
    headDeadlines: deadlinesOf(options.limits.headerTimeoutMs),
    idleDeadlines: deadlinesOf(options.limits.keepAliveTimeoutMs),
    handOver,
    async leaveToAdapter(rest, reply) {
      const body = Buffer.from(await rest.arrayBuffer())
      reply.sendWhole(rest.status, rest.statusText, [...rest.headers].flat(), body)
    },
  }
  return (socket) => void new EverydayConnection(socket, means)
}

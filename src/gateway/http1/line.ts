import type { Socket } from 'node:net'

/** How many pipelined requests are worked on while an earlier answer has the connection. */
const MOST_AT_ONCE = 16

const AT_WORK = Symbol('pipelined requests at work')

/** The line of pipelined requests on one connection. */
type Line = Socket & { [AT_WORK]?: number }

export function enterLine(socket: Line): void {
  socket[AT_WORK] = (socket[AT_WORK] ?? 0) + 1
}

export function leaveLine(socket: Line): void {
  socket[AT_WORK]!--
}

/** Whether a request that joins the line is left until its turn comes: one connection shall not take all there is. */
export function isLineLong(socket: Line): boolean {
  return (socket[AT_WORK] ?? 0) >= MOST_AT_ONCE
}

import type { Socket } from 'node:net'

/** Tells once how the other side has ended a connection. */
export function onceEnded(socket: Socket, told: (how: 'end' | 'reset') => void): void {
  let over = false
  const as = (how: 'end' | 'reset') => () => {
    if (!over) told(how)
    over = true
  }
  socket.on('end', as('end')).on('error', as('reset')).on('close', as('end'))
}

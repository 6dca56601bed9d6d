import type { Duplex } from 'node:stream'

/**
 * Whether the end that an instance's connection has just told was none. A reset that comes together with data reaches Node as
 * an end of the input, which would make a whole answer of a broken one that ends with its connection. But the kernel knows no
 * peer any more: this is the first time that it is asked.
 */
export function wasReset(socket: Duplex): boolean {
  return 'remoteAddress' in socket && socket.remoteAddress === undefined
}

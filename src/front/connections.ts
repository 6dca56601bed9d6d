import type { Socket } from 'node:net'
import type { LimitsConfig } from '../config/types.ts'

/** Who is connected, in all and by client address. A connection leaves when its socket has closed, however that came. */
export class Connections {
  readonly #limits: LimitsConfig
  /** By what was accepted: what ends the connection. */
  readonly #open = new Map<Socket, Socket>()
  readonly #perAddress = new Map<string, number>()
  readonly #leave: (this: Socket) => void

  constructor(limits: LimitsConfig) {
    this.#limits = limits
    const open = this.#open
    this.#leave = function leave() {
      open.delete(this)
    }
  }

  get size(): number {
    return this.#open.size
  }

  /** @returns false when there are as many as may be */
  admit(socket: Socket): boolean {
    if (this.#open.size >= (this.#limits.connections ?? Infinity)) return false
    this.#open.set(socket, socket)
    socket.on('close', this.#leave)
    return true
  }

  /** @returns false when the address has as many as it may have */
  admitFrom(address: string, socket: Socket): boolean {
    const count = this.#perAddress.get(address) ?? 0
    if (count >= (this.#limits.connectionsPerAddress ?? Infinity)) return false
    this.#perAddress.set(address, count + 1)
    socket.once('close', () => this.#leaveFrom(address))
    return true
  }

  /**
   * TLS lies on top of a connection from now on, and takes it along when it is destroyed. The connection itself must not be: Node
   * crashes when both are destroyed in one turn.
   */
  secured(tcp: Socket, tls: Socket): void {
    if (this.#open.has(tcp)) this.#open.set(tcp, tls)
  }

  cut(): void {
    for (const socket of [...this.#open.values()]) socket.destroy()
  }

  #leaveFrom(address: string): void {
    const left = this.#perAddress.get(address)! - 1
    if (left === 0) this.#perAddress.delete(address)
    else this.#perAddress.set(address, left)
  }
}

import type { Socket } from 'node:net'
import type { LimitsConfig } from '../config/types.ts'
import { type Member, Roster } from '../proxy/index.ts'

const ENTRY = Symbol('entry')

interface Entry extends Member {
  /** What ends the connection. */
  carrier: Socket
}

/** What was accepted. */
type Accepted = Socket & { [ENTRY]?: Entry }

/** Who is connected, in all and by client address. A connection leaves when its socket has closed, however that came. */
export class Connections {
  readonly #limits: LimitsConfig
  readonly #open = new Roster<Entry>()
  readonly #perAddress = new Map<string, number>()
  readonly #leave: (this: Accepted) => void

  constructor(limits: LimitsConfig) {
    this.#limits = limits
    const open = this.#open
    this.#leave = function leave() {
      open.remove(this[ENTRY]!)
    }
  }

  get size(): number {
    return this.#open.size
  }

  /** @returns false when there are as many as may be */
  admit(socket: Accepted): boolean {
    if (this.#open.size >= (this.#limits.connections ?? Infinity)) return false
    const entry: Entry = { place: -1, carrier: socket }
    this.#open.add(entry)
    socket[ENTRY] = entry
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
  secured(tcp: Accepted, tls: Socket): void {
    const entry = tcp[ENTRY]
    if (entry) entry.carrier = tls
  }

  cut(): void {
    for (const { carrier } of this.#open.all()) carrier.destroy()
  }

  #leaveFrom(address: string): void {
    const left = this.#perAddress.get(address)! - 1
    if (left === 0) this.#perAddress.delete(address)
    else this.#perAddress.set(address, left)
  }
}

import { IncomingMessage } from 'node:http'

/** Who can tell a client to go on with its body. */
interface Asker {
  askForBody(): void
}

/** The server's request object. */
export class Incoming extends IncomingMessage {
  /** The client asks to switch to another protocol, whether it may or not. */
  declare asksToSwitch: boolean
  /** It came before the connection was deafened, though it is served after that. */
  heard = false
  #unasked: Asker | undefined

  /** The protocol that the client asks to switch to, and may; in lower case. */
  get switchTo(): string | null {
    return null
  }

  /** The client waits with the body until it is asked for it: by the response object, once somebody reads. */
  waitFor(outgoing: Asker): void {
    this.#unasked = outgoing
  }

  /** The client waits with the body, and has not been asked for it yet. */
  get unasked(): boolean {
    return this.#unasked !== undefined
  }

  override _read(size: number): void {
    const outgoing = this.#unasked
    if (outgoing) {
      this.#unasked = undefined
      outgoing.askForBody()
    }
    super._read(size)
  }
}

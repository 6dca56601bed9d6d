import { IncomingMessage } from 'node:http'

/** The server's request object. */
export class Incoming extends IncomingMessage {
  /** The client asks to switch to another protocol, whether it may or not. */
  declare asksToSwitch: boolean

  /** The protocol that the client asks to switch to, and may; in lower case. */
  get switchTo(): string | null {
    return null
  }
}

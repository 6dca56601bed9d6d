import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { Incoming } from './incoming.ts'

/**
 * Requests of a server that lets these protocols through, in lower case. Their `upgrade`, by which Node's server tells who
 * gets an `upgrade` event, is false for all that stays a plain request: other protocols (`h2c` among them), a body, HTTP/1.0
 * (RFC 9110 7.8), and one that is pipelined behind others, which still need the connection. Without it all of them would get
 * one, as long as anybody listens.
 */
export function incomingOffering(protocols: readonly string[]): typeof Incoming {
  const allowed = new Set(protocols)
  return class extends Incoming {
    #isInTurn = false

    override get switchTo(): string | null {
      const may = this.asksToSwitch && this.#isInTurn && !hasBody(this) && this.httpVersion === '1.1'
      return may ? first(this, allowed) : null
    }

    /** Said by the parser, when it has read the head. */
    set upgrade(asked: boolean | null) {
      this.asksToSwitch = asked === true
      if (asked) this.#isInTurn = !(this.socket as Busy)._httpMessage
    }

    /** True of every CONNECT: Node's parser does not read on behind one, so that its server must not serve it as a plain request. */
    get upgrade(): boolean {
      return this.asksToSwitch && (this.method === 'CONNECT' || this.switchTo !== null)
    }
  }
}

/** Node's own name for the response that has the connection. */
type Busy = Socket & { readonly _httpMessage?: object | null }

/** The client's first choice among the allowed. */
function first({ headers }: IncomingMessage, allowed: ReadonlySet<string>): string | null {
  const asked = headers.upgrade?.toLowerCase().split(',') ?? []
  return asked.map((protocol) => protocol.trim()).find((protocol) => allowed.has(protocol)) ?? null
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
}

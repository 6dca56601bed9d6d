import type { Socket } from 'node:net'
import type { Ending, Tunnel } from '../../proxy/index.ts'
import { FieldNames } from '../../proxy/index.ts'
import { Splice, type Tunnels } from '../tunnel/index.ts'
import type { Incoming } from './incoming.ts'
import { endInStages } from './linger.ts'
import { Outgoing } from './outgoing.ts'

/** What a client may send behind its request before it has an answer: it should send nothing. */
const MOST_EARLY_BYTES = 64 * 1024

/** Ours to say, or of a message with a body. */
const NOT_SENT = new FieldNames(['connection', 'content-length', 'transfer-encoding', 'upgrade'])

/**
 * The response to a request that asks to switch protocols: a 101, after which the connection is a tunnel, or a plain answer,
 * after which it closes. Node's parser has let go of the connection, so that it is watched here until there is an answer.
 */
export class SwitchingOutgoing extends Outgoing {
  readonly #client: Socket
  readonly #tunnels: Tunnels
  readonly #early: Buffer[] = []
  #earlyBytes = 0
  #splice: Splice | undefined

  /** @param head what has come behind the request */
  constructor(incoming: Incoming, client: Socket, head: Buffer, tunnels: Tunnels) {
    super(incoming)
    this.#client = client
    this.#tunnels = tunnels
    this.closeBehind()
    client.on('error', ignore).on('drain', this.#drained).on('data', this.#keep).on('end', this.#left)
    if (head.length > 0) this.#keep(head)
    this.assignSocket(client)
    this.once('finish', () => this.#closeAfterAnswer())
  }

  switchTo(tunnel: Tunnel, headers: readonly string[]): void {
    const client = this.#client
    client.off('drain', this.#drained).off('data', this.#keep).off('end', this.#left).pause()
    this.detachSocket(client)
    const head = switchHead(tunnel, headers)
    this.statusCode = 101
    // As after `writeHead`: for whoever asks whether the head is out.
    const node = this as unknown as { _header: string }
    node._header = head
    const splice = new Splice(client, tunnel, () => this.#ended(splice))
    this.#splice = splice
    this.#tunnels.add(splice)
    client.cork()
    client.write(head, 'latin1')
    splice.start(Buffer.concat(this.#early))
    client.uncork()
  }

  protected override get ending(): Ending {
    return this.#splice?.ending ?? super.ending
  }

  #ended(splice: Splice): void {
    this.#tunnels.delete(splice)
    this.emit('close')
  }

  #closeAfterAnswer(): void {
    const client = this.#client
    client.off('data', this.#keep).resume()
    endInStages(client)
    this.detachSocket(client)
    this.emit('close') // the exchange is over, however long the client stays
  }

  readonly #drained = (): void => {
    this.emit('drain')
  }

  readonly #keep = (chunk: Buffer): void => {
    this.#early.push(chunk)
    this.#earlyBytes += chunk.length
    if (this.#earlyBytes >= MOST_EARLY_BYTES) this.#client.pause()
  }

  readonly #left = (): void => {
    this.#client.destroy()
  }
}

function switchHead({ head: { statusText }, protocol }: Tunnel, headers: readonly string[]): string {
  let head = `HTTP/1.1 101 ${statusText}\r\nConnection: upgrade\r\nUpgrade: ${protocol}\r\n`
  for (let i = 0; i < headers.length; i += 2) {
    if (!NOT_SENT.has(headers[i]!)) head += `${headers[i]}: ${headers[i + 1]}\r\n`
  }
  return `${head}\r\n`
}

function ignore(): void {}

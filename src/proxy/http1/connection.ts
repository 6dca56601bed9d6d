import type { Socket } from 'node:net'
import { bodyFault } from '../body-fault.ts'
import { type Inlet, toKeep } from '../inlet.ts'
import { UpstreamError } from '../transport.ts'
import { listenerThrew } from '../violation.ts'
import type { Http1Call } from './call.ts'
import { keepReading } from './keep-reading.ts'
import { RequestBody } from './request-body.ts'
import { asksFirst } from './request-head.ts'
import { ResponseParser } from './response-parser.ts'
import { listenTo } from './socket-listeners.ts'
import { writeWhole } from './whole-request.ts'

export interface ConnectionOwner {
  /** The connection may take another call. `unproven`: a body that must not come could still be on its way. */
  freed(connection: Connection, unproven: boolean): void
  /** The connection is closed. Said once, whatever state it was in. */
  gone(connection: Connection): void
}

/**
 * One socket and the call that has it. Listens on the socket once for all calls; whatever comes while there is no call
 * closes it, so that it can never become part of an answer.
 */
export class Connection {
  /** On the monotonic clock; kept by whoever keeps idle connections. */
  expiresAtMs = 0

  readonly #socket: Socket
  readonly #owner: ConnectionOwner
  readonly #parser = new ResponseParser()
  #call: Http1Call | null = null
  #body: RequestBody | null = null
  #served = false
  #closed = false
  #keepsReading = false
  /** The peer's last word, held back while a paused call has input to read. */
  #ending: 'fin' | UpstreamError | null = null
  readonly #stopListening: () => void

  constructor(socket: Socket, inlet: Inlet, owner: ConnectionOwner) {
    this.#socket = socket
    this.#owner = owner
    this.#stopListening = listenTo(socket, inlet, {
      received: (chunk) => this.#received(chunk),
      drained: () => this.#body?.drained(),
      ended: (ending) => this.#ended(ending),
    })
  }

  /** Nothing is known against it; an error may have happened that the socket has yet to tell. */
  get usable(): boolean {
    return this.#socket.readable && this.#socket.writable
  }

  /** The peer's own hint for how long it keeps an idle connection. */
  get keepAliveMs(): number {
    return this.#parser.keepAliveMs
  }

  /** Only for a connection that is new or freed. */
  run(call: Http1Call): void {
    const fault = bodyFault(call.request)
    if (fault) {
      call.fail(fault)
      this.#owner.freed(this, false)
      return
    }
    this.#call = call
    call.carrier = this
    this.#parser.reset(call.request.method === 'HEAD', call.request.upgrade, call.listener.onText !== undefined)
    if (call.paused) this.#socket.pause()
    try {
      call.listener.onSending(call.waitingSinceMs > 0)
      if (this.#call === call) this.#write(call)
    } catch (cause) {
      this.#fail(listenerThrew('connection', cause))
    }
  }

  /** Of the current call. */
  pause(): void {
    this.#socket.pause()
  }

  /** Of the current call; its listener is not called before this has returned. */
  resume(): void {
    process.nextTick(this.#continue)
  }

  /** The current call gives up. */
  abandon(): void {
    this.#detach()
    this.destroy()
  }

  destroy(): void {
    if (this.#closed) return
    this.#closed = true
    this.#socket.destroy()
    this.#owner.gone(this)
  }

  #write(call: Http1Call): void {
    const { request, head } = call
    // It is as large as all that the call is made of, and the call goes on.
    call.head = undefined
    if (writeWhole(this.#socket, head!, request.body)) return
    this.#socket.cork()
    this.#socket.write(head!, 'latin1')
    this.#body = new RequestBody(request, request.body!, this.#socket, (error) => this.#fail(error))
    if (asksFirst(request)) this.#body.hold()
    else this.#body.start()
    this.#socket.uncork()
    if (this.#keepsReading || this.#body?.whole !== false) return
    this.#keepsReading = true
    keepReading(this.#socket)
  }

  /** @param chunk lent */
  #received(chunk: Buffer): void {
    const call = this.#call
    if (call === null) {
      this.destroy()
    } else {
      this.#parser.push(chunk)
      this.#read(call)
      if (this.#parser.pending) this.#parser.keep()
    }
  }

  #read(call: Http1Call): void {
    const { listener } = call
    try {
      while (this.#call === call && (!call.paused || this.#parser.complete)) {
        switch (this.#parser.read()) {
          case 'more':
            if (this.#ending !== null) this.#conclude(call, this.#ending)
            return
          case 'continue':
            this.#body?.proceed()
            break
          case 'information':
            listener.onInformation(this.#parser.head)
            break
          case 'head':
            this.#body?.withhold()
            listener.onHead(this.#parser.head)
            break
          case 'text':
            listener.onText!(this.#parser.text)
            break
          case 'data':
            listener.onData(toKeep(this.#parser.chunk))
            break
          case 'switch':
            this.#handOver(call)
            return
          case 'end':
            this.#complete(call)
        }
      }
    } catch (error) {
      this.#fail(error instanceof UpstreamError ? error : listenerThrew('connection', error))
    }
  }

  readonly #continue = (): void => {
    const call = this.#call
    if (call === null) return
    this.#read(call)
    if (this.#call === call && !call.paused) this.#socket.resume()
  }

  #ended(ending: 'fin' | UpstreamError): void {
    if (this.#closed) return
    const call = this.#call
    if (call === null) {
      this.destroy()
    } else {
      this.#ending ??= ending
      if (!call.paused || !this.#parser.pending) this.#conclude(call, this.#ending)
    }
  }

  /** All input has been read. */
  #conclude(call: Http1Call, ending: 'fin' | UpstreamError): void {
    const stale = this.#served && !this.#parser.started
    try {
      if (ending !== 'fin') throw ending
      this.#parser.finish()
    } catch (error) {
      const { kind, message, cause } = error as UpstreamError
      this.#fail(new UpstreamError(kind, message, { stale, cause }))
      return
    }
    this.#complete(call)
  }

  #complete(call: Http1Call): void {
    const { trailers, bodiless } = this.#parser
    let reusable = this.#parser.reusable && this.#ending === null && (this.#body?.whole ?? true)
    this.#detach()
    call.over = true
    try {
      call.listener.onEnd(trailers)
    } catch {
      reusable = false
    }
    if (!reusable) {
      this.destroy()
      return
    }
    this.#served = true
    if (this.#socket.isPaused()) this.#socket.resume()
    this.#owner.freed(this, bodiless)
  }

  /** The socket is the listener's: this connection is no longer one. */
  #handOver(call: Http1Call): void {
    const socket = this.#socket
    const rest = this.#parser.takeRest()
    this.#detach()
    call.over = true
    this.#closed = true
    this.#stopListening()
    socket.pause()
    this.#owner.gone(this)
    try {
      call.listener.onSwitch(this.#parser.head, socket, rest)
    } catch {
      socket.destroy()
    }
  }

  #fail(error: UpstreamError): void {
    const call = this.#call
    if (call === null) return
    this.#detach()
    this.destroy()
    call.fail(error)
  }

  #detach(): void {
    if (this.#call) this.#call.carrier = null
    this.#call = null
    this.#body?.stop()
    this.#body = null
  }
}

import { connect } from 'node:net'

const HEAD_END = '\r\n\r\n'

/**
 * Clients that each send their next request when they have the whole answer to the last one. They write bytes made beforehand and
 * look for the end of an answer only, so that they cost a fraction of what they measure.
 */
export class ClosedLoop {
  #load
  #clients = new Set()
  #stopping
  /** Answers with status 200 and a body of the expected length. */
  answered = 0
  /** What went wrong first. */
  wrong
  /** Of each answer, in milliseconds, while it is an array. */
  times

  /**
   * @param load `port`, `connections`, `request` (bytes), `bodyBytes` of each answer, and whether each request is `fresh`: on a
   * connection of its own, which the server is to close
   */
  constructor(load) {
    this.#load = load
  }

  start() {
    for (let i = 0; i < this.#load.connections; i++) this.#open()
  }

  /** Resolves when every client has had its last answer. @throws when something went wrong */
  async stop() {
    await new Promise((resolve) => {
      this.#stopping = resolve
      if (this.#clients.size === 0) resolve()
    })
    if (this.wrong) throw new Error(this.wrong)
  }

  #open() {
    const { port, request } = this.#load
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const client = { socket, left: -1, sentMs: performance.now() }
    this.#clients.add(client)
    socket.write(request)
    socket.on('data', (chunk) => this.#read(client, chunk))
    socket.on('error', (error) => this.#blame(error.message))
    socket.on('close', () => this.#closed(client))
  }

  #read(client, chunk) {
    const { bodyBytes, fresh } = this.#load
    if (client.left < 0) {
      const end = chunk.indexOf(HEAD_END)
      if (end < 0) return this.#blame('the head of an answer came in pieces')
      // "HTTP/1.1 200": a digit decides.
      if (chunk[9] !== 50) this.#blame(`an answer was ${chunk.latin1Slice(0, end)}`)
      client.left = bodyBytes - (chunk.length - end - HEAD_END.length)
    } else client.left -= chunk.length
    if (client.left < 0) this.#blame(`an answer was ${-client.left} bytes too long`)
    if (client.left > 0) return
    this.answered++
    this.times?.push(performance.now() - client.sentMs)
    client.left = -1
    if (fresh) return
    if (this.#stopping) client.socket.end()
    else this.#again(client)
  }

  #again(client) {
    client.sentMs = performance.now()
    client.socket.write(this.#load.request)
  }

  #closed(client) {
    this.#clients.delete(client)
    if (!this.#stopping && this.#load.fresh && !this.wrong) this.#open()
    else if (!this.#stopping) this.#blame('a connection was closed')
    else if (this.#clients.size === 0) this.#stopping()
  }

  #blame(what) {
    this.wrong ??= what
  }
}

/** The bytes of a request. */
export function requestBytes({ method = 'GET', path, body = Buffer.alloc(0), fields = [] }) {
  const length = body.length > 0 ? [`Content-Length: ${body.length}`] : []
  const head = [`${method} ${path} HTTP/1.1`, 'Host: bench', 'User-Agent: closed-loop', ...fields, ...length]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}${HEAD_END}`), body])
}

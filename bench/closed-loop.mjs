import { connect } from 'node:net'

const HEAD_END = '\r\n\r\n'

/**
 * Clients that each send their next request when they have the whole answer to the last one. They write bytes made beforehand and
 * look for the end of an answer only, so that they cost a fraction of what they measure.
 */
export class ClosedLoop {
  #load
  #clients = new Set()
  #underWay = 0
  #paused
  /** Answers with status 200 and a body of the expected length. */
  answered = 0
  /** What went wrong first. */
  #wrong
  /** Of each answer, in milliseconds, while it is an array. */
  times

  /**
   * @param load `port`, `connections`, `request` (bytes), `bodyBytes` of each answer, and whether each request is `fresh`: on a
   * connection of its own, which the server is to close
   */
  constructor(load) {
    this.#load = load
  }

  /** Begins, or goes on after a pause. */
  start() {
    this.#paused = undefined
    for (const client of this.#clients) this.#ask(client)
    for (let missing = this.#load.connections - this.#clients.size; missing > 0; missing--) this.#open()
  }

  /** Resolves when every client has had its answer. @throws when something has gone wrong */
  async pause() {
    await new Promise((resolve) => {
      this.#paused = resolve
      if (this.#underWay === 0) resolve()
    })
    if (this.#wrong) throw new Error(this.#wrong)
  }

  /** Ends it. @throws as `pause` */
  async stop() {
    await this.pause()
    for (const { socket } of this.#clients) socket.destroy()
  }

  #open() {
    const socket = connect({ port: this.#load.port, host: '127.0.0.1', noDelay: true })
    const client = { socket, left: -1, sentMs: 0 }
    this.#clients.add(client)
    socket.on('data', (chunk) => this.#read(client, chunk))
    socket.on('error', (error) => this.#blame(error.message))
    socket.on('close', () => this.#closed(client))
    this.#ask(client)
  }

  #ask(client) {
    this.#underWay++
    client.sentMs = performance.now()
    client.socket.write(this.#load.request)
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
    if (!fresh) this.#done(client)
  }

  #done(client) {
    this.#underWay--
    if (!this.#paused) this.#ask(client)
    else if (this.#underWay === 0) this.#paused()
  }

  /** A request on a connection of its own ends with that, and makes room for the next. */
  #closed(client) {
    this.#clients.delete(client)
    if (!this.#load.fresh) return this.#paused || this.#blame('a connection was closed')
    this.#underWay--
    if (!this.#paused) this.#open()
    else if (this.#underWay === 0) this.#paused()
  }

  #blame(what) {
    this.#wrong ??= what
  }
}

/** The bytes of a request. */
export function requestBytes({ method = 'GET', path, body = Buffer.alloc(0), fields = [] }) {
  const length = body.length > 0 ? [`Content-Length: ${body.length}`] : []
  const head = [`${method} ${path} HTTP/1.1`, 'Host: bench', 'User-Agent: closed-loop', ...fields, ...length]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}${HEAD_END}`), body])
}

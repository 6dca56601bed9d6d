import { once } from 'node:events'
import { createServer } from 'node:net'
import { caseOf } from './marks.mjs'
import { parseRequests, valuesOf } from './parse.mjs'
import { answerOf } from './plan.mjs'

/** A broken answer that is left hanging is let go of after this, in case that the gateway does not. */
const SILENCE_MS = 4_000

/** An instance that takes what comes by the letter, notes it under the case that it belongs to, and answers as planned. */
export class Instance {
  #server = createServer({ noDelay: true }, (socket) => new Line(socket, this))
  #cases
  #seed
  /** What stood on a connection and was no request. */
  faults = []

  /** @param cases by number: `{ plan, seen }` */
  constructor(seed, cases) {
    this.#seed = seed
    this.#cases = cases
  }

  async listen() {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
    return this.#server.address().port
  }

  close() {
    this.#server.close()
  }

  /** @returns the note, and how to answer */
  note(request) {
    const client = valuesOf(request.fields, 'x-forwarded-for').join(', ').split(', ').at(-1)
    const found = /^127(\.\d+){3}$/.test(client) ? this.#cases.get(caseOf(client)) : undefined
    if (!found) {
      // The kernel forgets the address of a client that has gone: there is nobody to answer.
      if (client !== '') this.faults.push(`a request of no client: ${request.method} ${request.target} for ${client}`)
      return undefined
    }
    const upgrade = valuesOf(request.fields, 'upgrade')[0]
    const answer = answerOf(this.#seed, found.plan, found.seen.length, { method: request.method, upgrade })
    const note = { request, answer, open: true }
    found.seen.push(note)
    return note
  }
}

/** One connection from the gateway. */
class Line {
  #socket
  #instance
  #input = ''
  #note
  #answering = false
  #answered = false
  #over = false

  constructor(socket, instance) {
    this.#socket = socket
    this.#instance = instance
    socket.setEncoding('latin1')
    socket
      .on('data', (text) => this.#received(text))
      .on('error', () => {})
      .on('close', () => this.#closed())
  }

  #received(text) {
    if (this.#over) return
    this.#input += text
    const { requests, rest } = parseRequests(this.#input)
    if (/^[\r\n]/.test(this.#input) || (requests.length === 0 && rest !== 'partial')) {
      return this.#fault(`not a request (${rest})`)
    }
    const [request] = requests
    if (!request) return
    if (request.fault) return this.#fault(`a broken body (${request.fault})`)
    if (!this.#note) this.#begin(request)
    if (!this.#note) return
    this.#note.request = request
    if (request.complete) this.#completed(request)
  }

  #completed({ end }) {
    this.#note.open = false
    // What was sent before the gateway could know that the connection is ending goes unread.
    if (this.#answering && this.#note.answer.end !== 'keep') this.#over = true
    else if (this.#answered) this.#next(this.#input.slice(end))
    else if (this.#input.length > end) this.#fault('bytes behind a request, before the answer to it')
    else this.#answer()
  }

  #begin(request) {
    this.#note = this.#instance.note(request)
    if (!this.#note) return this.#socket.destroy()
    const { answer } = this.#note
    if (valuesOf(request.fields, 'expect').length > 0 && answer.continues)
      this.#socket.write('HTTP/1.1 100 Continue\r\n\r\n')
    if (answer.early) this.#answer()
  }

  async #answer() {
    if (this.#answering) return
    this.#answering = true
    const note = this.#note
    const { pieces, end } = note.answer
    this.#over = end !== 'keep' && !note.open
    for (const piece of pieces.slice(0, -1)) {
      this.#socket.write(piece, 'latin1')
      await new Promise(setImmediate)
    }
    // Before the last byte: the next request may come right after it.
    if (end === 'keep') {
      this.#answered = true
      if (!note.open) this.#next()
    }
    this.#socket.write(pieces.at(-1) ?? '', 'latin1')
    if (end === 'fin') this.#socket.end()
    else if (end === 'reset') this.#socket.resetAndDestroy()
    else if (end === 'silence') this.#socket.setTimeout(SILENCE_MS, () => this.#socket.destroy())
  }

  #next(input = '') {
    this.#input = ''
    this.#note = undefined
    this.#answering = this.#answered = false
    if (input) this.#received(input)
  }

  #fault(what) {
    this.#over = true
    const given = this.#note && ` after the answer ${JSON.stringify(this.#note.answer)}`
    this.#instance.faults.push(`${what}: ${JSON.stringify(this.#input.slice(0, 1000))}${given ?? ''}`)
    this.#socket.destroy()
  }

  #closed() {
    if (this.#note) this.#note.open = false
  }
}

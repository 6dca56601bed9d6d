import { createServer } from 'node:net'

const HEAD_END = '\r\n\r\n'

/**
 * An instance that costs next to nothing: it answers GET and POST, `/N` with a body of N bytes, from bytes made beforehand, and
 * reads of a request no more than where it ends.
 */
export async function startPlainInstance() {
  const sockets = new Set()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    const reader = new Reader((bytes) => socket.write(answerOf(bytes)))
    socket.on('data', (chunk) => reader.read(chunk))
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  return {
    port: server.address().port,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

class Reader {
  #answer
  #head = ''
  #wanted = 0
  #left = 0

  /** @param answer is told how many bytes a request that has ended asked for */
  constructor(answer) {
    this.#answer = answer
  }

  read(chunk) {
    if (this.#left > 0) this.#left -= chunk.length
    else {
      this.#head += chunk.latin1Slice()
      const end = this.#head.indexOf(HEAD_END)
      if (end < 0) return
      const length = /\r\ncontent-length: *(\d+)/i.exec(this.#head.slice(0, end))
      this.#wanted = Number(/\d+/.exec(this.#head)[0])
      this.#left = Number(length?.[1] ?? 0) - (this.#head.length - end - HEAD_END.length)
      this.#head = ''
    }
    if (this.#left === 0) this.#answer(this.#wanted)
  }
}

const answers = new Map()

function answerOf(bytes) {
  const known = answers.get(bytes)
  if (known) return known
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${bytes}${HEAD_END}`
  const answer = Buffer.concat([Buffer.from(head), Buffer.alloc(bytes, 'x')])
  answers.set(bytes, answer)
  return answer
}

import { once } from 'node:events'
import { connect } from 'node:net'

const AT_ONCE = 100

/** The address that the nth client comes from: more of them than one has ports. */
const addressOf = (number) => `127.0.${1 + Math.floor(number / 20_000)}.1`

export async function open(port, number = 0) {
  const socket = connect({ port, host: '127.0.0.1', localAddress: addressOf(number), noDelay: true })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Opens connections, a hundred at a time, and does with each what `use` says. */
export async function openMany(port, count, use) {
  const sockets = []
  let next = 0
  const work = async () => {
    while (next < count) {
      const socket = await open(port, next++)
      sockets.push(socket)
      await use(socket)
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, work))
  return sockets
}

/** One GET on a connection that stays; resolves with the status. */
export async function ask(socket, path) {
  let text = ''
  return new Promise((resolve, reject) => {
    const done = (settle, value) => {
      socket.off('data', read).off('close', gone)
      settle(value)
    }
    const gone = () => done(reject, new Error('closed without an answer'))
    const read = (chunk) => {
      text += chunk.toString('latin1')
      const headEnd = text.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const length = Number(/^content-length: (\d+)/im.exec(text)?.[1] ?? 0)
      if (text.length >= headEnd + 4 + length) done(resolve, Number(text.slice(9, 12)))
    }
    socket.on('data', read).on('close', gone)
    socket.write(`GET ${path} HTTP/1.1\r\nHost: bench\r\n\r\n`)
  })
}

import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** How long a member may take for one answer: the longest is a populated tree. */
const ANSWER_MS = 180_000

/**
 * Where the processes of a run meet: the gateway's primary and workers, and the writer. Each joins by a Unix socket, says who
 * it is, and answers questions. JSON, one message a line.
 */
export async function openHub(path) {
  const members = new Set()
  const server = createServer((socket) => {
    const member = { role: undefined, socket, waiting: new Map() }
    const gone = () => {
      members.delete(member)
      for (const { reject } of member.waiting.values()) reject(new Error(`the ${member.role} has gone`))
      member.waiting.clear()
    }
    socket.on('error', () => undefined).on('close', gone)
    onLines(socket, (message) => {
      if (message.role) members.add(Object.assign(member, message))
      else settle(member, message)
    })
  })
  server.listen(path)
  await once(server, 'listening')
  return {
    path,
    /** The members of a role, once there are so many. @throws when `unless` has exited before, or 15 s are over */
    async members(role, count = 1, unless) {
      const deadline = Date.now() + 15_000
      for (;;) {
        const found = [...members].filter((member) => member.role === role)
        if (found.length >= count) return found.map(asker)
        if (unless?.hasExited()) throw new Error(`it exited at its start: ${unless.lastWords()}`)
        if (Date.now() > deadline) throw new Error(`${found.length} instead of ${count} of role ${role} after 15 s`)
        await sleep(20)
      }
    },
    /** Resolves when no member has one of these roles: those of a program that has ended leave a moment after it. */
    async without(...roles) {
      while ([...members].some(({ role }) => roles.includes(role))) await sleep(20)
    },
    close() {
      for (const { socket } of members) socket.destroy()
      server.close()
    },
  }
}

let questions = 0

const asker = ({ role, pid, socket, waiting }) => ({
  pid,
  ask(what, parameters = {}) {
    return new Promise((resolve, reject) => {
      if (socket.destroyed) return reject(new Error(`the ${role} has gone`))
      const question = ++questions
      const late = setTimeout(() => reject(new Error(`${what} unanswered for ${ANSWER_MS / 1000} s`)), ANSWER_MS)
      const settled = (settle) => (value) => {
        clearTimeout(late)
        settle(value)
      }
      waiting.set(question, { resolve: settled(resolve), reject: settled(reject) })
      socket.write(`${JSON.stringify({ question, what, parameters })}\n`)
    })
  },
})

function settle({ waiting }, { question, answer, error }) {
  const { resolve, reject } = waiting.get(question) ?? {}
  waiting.delete(question)
  if (error === undefined) resolve?.(answer)
  else reject?.(new Error(error))
}

/** Joins as `role`; `handlers` answer by name. Without the hub there is nothing to do here: then the process ends. */
export function join(path, role, handlers) {
  const socket = connect(path, () => socket.write(`${JSON.stringify({ role, pid: process.pid })}\n`))
  socket.on('error', () => undefined).on('close', () => process.exit(1))
  onLines(socket, async ({ question, what, parameters }) => {
    const reply = await answered(handlers[what], parameters)
    socket.write(`${JSON.stringify({ question, ...reply })}\n`)
  })
  return socket
}

async function answered(handler, parameters) {
  try {
    return { answer: (await handler(parameters)) ?? null }
  } catch (error) {
    return { error: error.stack }
  }
}

function onLines(socket, take) {
  let rest = ''
  socket.setEncoding('utf8').on('data', (chunk) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()
    for (const line of lines) take(JSON.parse(line))
  })
}

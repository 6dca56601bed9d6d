import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseResponse } from './parse.mjs'

/** However long the time-outs of the gateway are, after this it hangs. */
const PATIENCE_MS = 12_000

/** Of a slow client, between two pieces. */
const PAUSE_MS = 100

/**
 * Plays one client to its end.
 *
 * @returns what came, in latin1, and how it ended: `fin`, `reset`, `done` when all answers were there, `gone` when the plan was to go, or `hang`
 */
export function play(plan, port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: plan.address, noDelay: true, allowHalfOpen: true })
    let received = ''
    let settled = false
    const settle = (ended) => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      if (ended === 'gone') socket.resetAndDestroy()
      else socket.destroy()
      resolve({ received, ended, answers: answersIn(received, plan, ended) })
    }
    const timer = setTimeout(() => settle('hang'), PATIENCE_MS)
    socket.setEncoding('latin1')
    socket.on('data', (text) => {
      received += text
      if (plan.rest === 'empty' && plan.ending === 'wait' && isServed(received, plan)) settle('done')
    })
    socket
      // A reset that comes together with data reaches Node as an end, but leaves no address.
      .on('end', () => settle(socket.remoteAddress === undefined ? 'reset' : 'fin'))
      .on('error', () => settle('reset'))
      .on('close', () => settle('reset'))
    socket.once('connect', () => write(socket, plan, settle))
  })
}

async function write(socket, { pieces, slow, ending }, settle) {
  for (const [at, piece] of pieces.entries()) {
    if (at > 0) await (slow ? sleep(PAUSE_MS) : new Promise(setImmediate))
    if (socket.destroyed) return
    socket.write(piece, 'latin1')
  }
  if (ending === 'fin') socket.end()
  if (ending === 'reset') setImmediate(() => settle('gone'))
}

function isServed(received, plan) {
  const { whole, rest } = answersIn(received, plan, 'open')
  return rest === '' && (whole.length >= plan.answers || whole.at(-1)?.status === 101)
}

/** The answers in what came: the whole ones, the broken one if the last is, or the text that is none. */
function answersIn(received, { requests }, ended) {
  const whole = []
  for (let at = 0; at < received.length; ) {
    // One answer more than there were requests: to what came behind them and was none.
    const method = requests[whole.length]?.method
    const found = parseResponse(received, at, isUnread(received, at) ? undefined : method, ended === 'fin')
    if (typeof found === 'string') return { whole, rest: received.slice(at), fault: found }
    if (!found.complete) return { whole, rest: received.slice(at), broken: found, fault: found.fault ?? 'partial' }
    whole.push(found)
    if (found.status === 101) return { whole, rest: '' }
    at = found.end
  }
  return { whole, rest: '' }
}

/** The refusal of a head that was given up before its method was known: it has a body even if that was HEAD. */
function isUnread(received, at) {
  return /^HTTP\/1\.1 (400|408|431) [\s\S]*?\r\nconnection: close\r\n\r\n{/.test(received.slice(at))
}

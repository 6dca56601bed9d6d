import { once } from 'node:events'
import { Agent, request as startRequest } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const MEBIBYTE = Buffer.alloc(2 ** 20, 'x')
const agent = new Agent({ keepAlive: true, maxFreeSockets: 64, timeout: 3000 })

export const forgetConnections = () => agent.destroy()

/** What one client does, as often as the number says, and the status that it expects. Throws when it is served otherwise. */
export const exchanges = [
  [56, 'small', (to) => expects(200, to('/small'))],
  [10, 'upload', (to) => expects(200, to('/take', { method: 'POST' }, 'x'.repeat(500)))],
  [4, 'large', (to) => expects(200, to('/large'))],
  [4, 'large upload', (to) => expects(200, to('/take', { method: 'PUT' }, MEBIBYTE))],
  [4, 'download that is given up', (to) => givesUp(to('/large'))],
  [3, 'upload that is given up', (to) => givesUpSending(to)],
  [3, 'event stream', (to) => listens(to('/events'))],
  [3, 'unknown service', (to) => expects(404, to('/../nobody'))],
  [3, 'failing instance', (to) => expects(500, to('/fails'))],
  [2, 'reset', (to) => expects(502, to('/resets', { method: 'POST' }, 'x'))],
  [2, 'broken answer', (to) => breaks(to('/breaks'))],
  [2, 'slow instance', (to) => expects(200, to('/slow'))],
  [2, 'slow reader', (to) => readsSlowly(to('/large'))],
  [2, 'slow upload', (to) => sendsSlowly(to)],
  [3, 'upgrade', (_to, port) => talks(port)],
]

/** How requests are begun: `to(path, options, body)`; a body of null is left to the caller. */
export const client = (port) =>
  function to(path, options = {}, body = undefined) {
    const target = path === '/../nobody' ? '/services/nobody/' : `/services/echo${path}`
    const request = startRequest({ host: '127.0.0.1', port, path: target, agent, ...options })
    request.on('error', () => {})
    if (body !== null) request.end(body)
    return request
  }

async function answered(request) {
  const [response] = await once(request, 'response')
  return response.on('error', () => {})
}

async function expects(status, request) {
  const response = await answered(request)
  for await (const _ of response);
  if (response.statusCode !== status) throw new Error(`${response.statusCode} where ${status} was due`)
}

async function givesUp(request) {
  const response = await answered(request)
  await once(response, 'data')
  request.destroy()
}

async function givesUpSending(to) {
  const request = to('/take', { method: 'POST', headers: { 'content-length': 2 ** 21 } }, null)
  request.write(MEBIBYTE)
  await sleep(20)
  request.destroy()
}

async function listens(request) {
  const response = await answered(request)
  for (let events = 0; events < 4; events++) await once(response, 'data')
  request.destroy()
}

async function breaks(request) {
  const response = await answered(request)
  await new Promise((resolve) => response.once('close', resolve).resume())
  if (response.complete) throw new Error('a broken answer came as a whole one')
}

async function readsSlowly(request) {
  const response = await answered(request)
  for await (const _ of response) await sleep(10)
}

async function sendsSlowly(to) {
  const request = to('/take', { method: 'POST' }, null)
  for (let i = 0; i < 10; i++) {
    request.write('x'.repeat(1000))
    await sleep(50)
  }
  request.end()
  await expects(200, request)
}

async function talks(port) {
  const socket = connect({ port, host: '127.0.0.1' }).on('error', () => {})
  const fields =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: YWJjZGVmZ2hpamtsbW5vcA=='
  socket.write(`GET /services/echo/chat HTTP/1.1\r\nHost: bench\r\n${fields}\r\n\r\n`)
  const [head] = await once(socket, 'data')
  if (!String(head).startsWith('HTTP/1.1 101')) throw new Error('no upgrade was made')
  for (let i = 0; i < 5; i++) {
    socket.write('a message')
    await once(socket, 'data')
  }
  socket.end()
  await once(socket, 'close')
}

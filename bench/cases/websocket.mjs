import { candidates } from '../candidates/index.mjs'

const able = ['nginx', 'haproxy', 'httpxy', 'portolan']

/** @type {import('./index.mjs').Case} */
export const webSocket = {
  name: 'websocket',
  does: 'messages of 100 bytes over 64 WebSockets, each sent when the last one has come back; neither end is as fast as nginx, so look at the CPU time',
  per: 'message',
  generator: 'webSockets',
  upstream: 'webSocket',
  answerBytes: 100,
  candidates: able.map((name) => candidates[name]),
}

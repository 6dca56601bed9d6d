import { type ClientHttp2Session, connect } from 'node:http2'
import type { Socket } from 'node:net'
import type { Instance } from '../../plugin/index.ts'
import { type DialOptions, dial } from '../dial.ts'
import { MAX_FIELDS, MAX_HEAD } from '../limits.ts'
import { UpstreamError } from '../transport.ts'

/** What a stream may have on its way: bounds what is held for a paused one. */
const STREAM_WINDOW = 256 * 1024

/** What all streams together may: Node gives it back at once, whoever is paused. */
const SESSION_WINDOW = 4 * 1024 * 1024

/** Megabytes. The streams are bounded, each in what it holds; Node's own bound would refuse some of them by chance. */
const MOST_MEMORY = 1024

/** After so much silence the system asks for a sign of life: a peer that vanished is noticed while all streams wait. */
const KEEP_ALIVE_MS = 30_000

/**
 * Connects, and exchanges settings (RFC 9113 3.4), within `timeoutMs` of the options. `done` is called once, and not before
 * `handshake` has returned.
 */
export function handshake(
  instance: Instance,
  options: DialOptions,
  done: (outcome: ClientHttp2Session | UpstreamError) => void,
): void {
  const dueMs = performance.now() + options.timeoutMs
  dial(instance, options, (outcome) => {
    if (outcome instanceof UpstreamError) done(outcome)
    else settle(instance, outcome, dueMs, done)
  })
}

function settle(
  instance: Instance,
  socket: Socket,
  dueMs: number,
  done: (outcome: ClientHttp2Session | UpstreamError) => void,
): void {
  const session = open(socket)
  const finish = (outcome: ClientHttp2Session | UpstreamError): void => {
    clearTimeout(timer)
    session.off('remoteSettings', onSettings).off('error', onError).off('close', onClose)
    if (outcome !== session) session.on('error', ignore).destroy()
    done(outcome)
  }
  const onSettings = (): void => finish(session)
  const onError = (cause: Error): void =>
    finish(refusal(instance, `it does not speak HTTP/2 (${cause.message})`, cause))
  const onClose = (): void => finish(refusal(instance, 'closed before it had sent its HTTP/2 settings'))
  const onTimeout = (): void => finish(refusal(instance, 'no HTTP/2 settings in time'))
  const timer = setTimeout(onTimeout, Math.max(1, dueMs - performance.now()))
  session.on('remoteSettings', onSettings).on('error', onError).on('close', onClose)
}

function open(socket: Socket): ClientHttp2Session {
  socket.setKeepAlive(true, KEEP_ALIVE_MS)
  // Each request says its own authority, and not every host would make a URL.
  const session = connect('http://instance', {
    createConnection: () => socket,
    settings: { enablePush: false, initialWindowSize: STREAM_WINDOW, maxHeaderListSize: MAX_HEAD },
    maxHeaderListPairs: MAX_FIELDS + 1, // and the status
    maxSessionMemory: MOST_MEMORY,
  })
  session.setLocalWindowSize(SESSION_WINDOW)
  return session
}

function refusal({ host, port }: Instance, reason: string, cause?: unknown): UpstreamError {
  return new UpstreamError('connect', `no connection to ${host} port ${port}: ${reason}`, { cause })
}

function ignore(): void {}

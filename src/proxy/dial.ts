import { connect as connectTcp, type NetConnectOpts, type OnReadOpts, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type { Instance } from '../plugin/index.ts'
import type { TlsRoute } from '../tls/index.ts'
import { UpstreamError } from './transport.ts'

export interface DialOptions {
  readonly timeoutMs: number
  /** Offered by ALPN to an instance with TLS (RFC 7301). Without TLS the instance is expected to speak it. */
  readonly protocol: 'http/1.1' | 'h2'
  /** For an instance that is called by TLS. */
  readonly tls: TlsRoute | undefined
}

const NO_COMMON_PROTOCOL = 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'

/**
 * Connects, TLS handshake included, within `timeoutMs`. The socket handed to `done` has no listeners but one that keeps
 * errors from being thrown. `done` is called once, and not before `dial` has returned.
 *
 * @param onread takes what a plain socket reads; one with TLS is read as a stream in any case
 */
export function dial(
  instance: Instance,
  options: DialOptions,
  done: (outcome: Socket | UpstreamError) => void,
  onread?: OnReadOpts,
): void {
  const { timeoutMs, protocol } = options
  let socket: Socket
  try {
    socket = connect(instance, options, onread)
  } catch (cause) {
    process.nextTick(done, refusal(instance, cause))
    return
  }
  const settle = (outcome: Socket | UpstreamError): void => {
    clearTimeout(timer)
    clearImmediate(lastLook)
    socket.off(ready, onReady).off('error', onError).off('close', onClose)
    if (outcome !== socket) socket.destroy()
    done(outcome)
  }
  const wrongProtocol = `it does not speak HTTP/${protocol === 'h2' ? 2 : 1.1} (ALPN ${protocol})`
  const ready = options.tls ? 'secureConnect' : 'connect'
  const onReady = (): void => {
    if (protocol === 'h2' && !speaksHttp2(socket)) settle(refusal(instance, wrongProtocol))
    else settle(socket)
  }
  const onError = (cause: NodeJS.ErrnoException): void =>
    settle(refusal(instance, cause.code === NO_COMMON_PROTOCOL ? wrongProtocol : cause))
  const onClose = (): void => settle(refusal(instance, 'closed during the handshake'))
  const onTimeout = (): void => settle(refusal(instance, `not within ${timeoutMs} ms`))
  // After a stall of this process the connection may be there, only not seen yet: let the event loop look once more.
  let lastLook: NodeJS.Immediate | undefined
  const timer = setTimeout(() => {
    lastLook = setImmediate(onTimeout)
  }, timeoutMs)
  socket.on('error', ignore).on(ready, onReady).on('error', onError).on('close', onClose)
}

function connect(
  { host, port }: Instance,
  { timeoutMs, protocol, tls }: DialOptions,
  onread: OnReadOpts | undefined,
): Socket {
  // A host name with several addresses is tried address by address; slow is not yet dead.
  const autoSelectFamilyAttemptTimeout = Math.max(250, Math.floor(timeoutMs / 3))
  if (!tls) return connectTcp({ host, port, noDelay: true, autoSelectFamilyAttemptTimeout, ...(onread && { onread }) })
  const options: ConnectionOptions & NetConnectOpts = {
    ...tls.options(),
    host,
    port,
    ALPNProtocols: [protocol],
    autoSelectFamilyAttemptTimeout,
  }
  const socket = connectTls(options).setNoDelay(true)
  tls.remember(socket)
  return socket
}

/** Without TLS there is no telling before it is spoken to (RFC 9113 3.3). */
function speaksHttp2(socket: Socket): boolean {
  return !('alpnProtocol' in socket) || socket.alpnProtocol === 'h2'
}

function refusal({ host, port }: Instance, cause: unknown): UpstreamError {
  const reason = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : cause
  return new UpstreamError('connect', `no connection to ${host} port ${port}: ${reason}`, { cause })
}

function ignore(): void {}

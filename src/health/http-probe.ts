import { type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http'
import { type RequestOptions, request as requestTls } from 'node:https'
import type { ActiveConfig } from '../config/types.ts'
import type { Instance } from '../plugin/index.ts'
import type { TlsRoute } from '../tls/index.ts'

/** Of a body, so much is read. */
const MOST_BYTES = 64 * 1024

/**
 * Asks for `config.path` over a connection of its own, all of it within `config.timeoutMs`. Never rejects, whatever the
 * instance answers.
 *
 * @param tls for an instance that is called by TLS
 * @returns why it is not healthy; null when it is
 */
export async function httpProbe(instance: Instance, config: ActiveConfig, tls?: TlsRoute): Promise<string | null> {
  const { timeoutMs } = config
  let late = false
  let request: ClientRequest | undefined
  let lastLook: NodeJS.Immediate | undefined
  // After a stall of this process the answer may be there, only not seen yet: let the event loop look once more.
  const timer = setTimeout(() => {
    lastLook = setImmediate(() => {
      late = true
      request?.destroy()
    })
  }, timeoutMs)
  try {
    request = send(instance, config, tls)
    return await faultOf(await answerTo(request), config)
  } catch (error) {
    return late ? `no whole answer within ${timeoutMs} ms` : reasonOf(error)
  } finally {
    clearTimeout(timer)
    clearImmediate(lastLook)
    request?.destroy()
  }
}

/** RFC 7301. */
const HTTP1 = { ALPNProtocols: ['http/1.1'] }

/** @throws TypeError for what cannot be sent, Error when the files of TLS are no good */
function send({ host, port }: Instance, { path, host: name }: ActiveConfig, tls: TlsRoute | undefined): ClientRequest {
  const options: RequestOptions = {
    host,
    port,
    path,
    agent: false,
    headers: {
      host: name ?? `${host.includes(':') ? `[${host}]` : host}:${port}`,
      'user-agent': 'portolan-probe',
      accept: '*/*',
      connection: 'close',
    },
  }
  const request = tls ? requestTls({ ...options, ...tls.options(), ...HTTP1 }) : requestPlain(options)
  request.end()
  return request
}

function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('error', reject).on('response', resolve)
    request.on('close', () => reject(new Error('closed without an answer')))
  })
}

/** @throws Error when a body that matters breaks off */
async function faultOf(response: IncomingMessage, { expect, body }: ActiveConfig): Promise<string | null> {
  const status = response.statusCode!
  if (!expect.some(([from, to]) => status >= from && status <= to)) return `status ${status}`
  if (body !== null) return (await beginningOf(response)).includes(body) ? null : 'the body is not the expected one'
  // Its end is waited for out of courtesy: who is cut off while answering has something to complain of.
  await beginningOf(response).catch(() => undefined)
  return null
}

async function beginningOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= MOST_BYTES) break
  }
  return Buffer.concat(chunks).subarray(0, MOST_BYTES)
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return message || code || 'it failed'
}

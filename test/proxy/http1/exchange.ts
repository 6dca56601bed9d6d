import { expect, onTestFinished } from 'vitest'
import type { UpstreamConfig } from '../../../src/config/types.ts'
import type { Instance } from '../../../src/plugin/index.ts'
import { Http1Transport } from '../../../src/proxy/http1/transport.ts'
import type {
  ResponseHead,
  Upstream,
  UpstreamCall,
  UpstreamError,
  UpstreamListener,
  UpstreamRequest,
} from '../../../src/proxy/transport.ts'

export const SETTINGS: UpstreamConfig = {
  protocol: 'http1',
  connectTimeoutMs: 2000,
  responseTimeoutMs: 60_000,
  stallTimeoutMs: 60_000,
  tunnelTimeoutMs: 60_000,
  idleTimeoutMs: 60_000,
  connections: 8,
  restorePrefix: false,
  tls: { ca: null, serverName: null, cert: null, key: null, verify: true },
}

const REQUEST: UpstreamRequest = {
  method: 'GET',
  path: '/',
  headers: ['host', 'h'],
  body: null,
  bodyLength: null,
  lines: '',
  word: null,
  trailers: null,
  upgrade: null,
  expectsContinue: false,
}

export function open(to: { instance: Instance }, settings: Partial<UpstreamConfig> = {}): Upstream {
  const upstream = new Http1Transport().open(to.instance, { ...SETTINGS, ...settings })
  onTestFinished(() => upstream.close())
  return upstream
}

/** What one listener heard. */
export interface Exchange {
  readonly call: UpstreamCall
  /** `sending head data end` or `error:<kind>`, in the order heard. */
  readonly heard: string[]
  head: ResponseHead | undefined
  body: string
  trailers: readonly string[]
  error: UpstreamError | undefined
  /** After `onEnd` or `onError`. */
  readonly over: Promise<Exchange>
}

export function exchange(
  upstream: Upstream,
  request: Partial<UpstreamRequest> = {},
  also: Partial<UpstreamListener> = {},
): Exchange {
  const { promise, resolve } = withResolvers<Exchange>()
  const heard: string[] = []
  const listener: UpstreamListener = {
    onSending(waited) {
      heard.push('sending')
      also.onSending?.(waited)
    },
    onInformation(head) {
      heard.push(`information:${head.status}`)
      also.onInformation?.(head)
    },
    onSwitch(head, tunnel, rest) {
      heard.push('switch')
      if (also.onSwitch) also.onSwitch(head, tunnel, rest)
      else tunnel.destroy()
    },
    onHead(head) {
      heard.push('head')
      told.head = head
      also.onHead?.(head)
    },
    onData(chunk) {
      if (heard.at(-1) !== 'data') heard.push('data')
      if (also.onData) also.onData(chunk)
      else told.body += chunk.toString('latin1')
    },
    onEnd(trailers) {
      heard.push('end')
      told.trailers = trailers
      resolve(told)
      also.onEnd?.(trailers)
    },
    onError(error) {
      heard.push(`error:${error.kind}`)
      told.error = error
      resolve(told)
      also.onError?.(error)
    },
  }
  if (also.onText) {
    listener.onText = (text) => {
      heard.push('text')
      told.body += text
    }
  }
  const call = upstream.send({ ...REQUEST, ...request }, listener)
  const told: Exchange = { call, heard, head: undefined, body: '', trailers: [], error: undefined, over: promise }
  return told
}

/** Polls; the runner's own time-out is the deadline. */
export async function until(condition: () => unknown): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1))
}

/** Aborts, more than once: the listener hears no more than it has. */
export async function abortsSilently({ call, heard }: Exchange, hasHeard: readonly string[]): Promise<void> {
  call.abort()
  call.abort()
  call.pause()
  call.resume()
  await settled()
  expect(heard).toEqual(hasHeard)
}

/** Lets what is on its way in this process and the kernel's loopback arrive, where nothing is the expected outcome. */
export async function settled(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
}

function withResolvers<T>() {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

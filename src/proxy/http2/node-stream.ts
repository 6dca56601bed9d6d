import type { ClientHttp2Stream } from 'node:http2'
import { Duplex } from 'node:stream'

/** What a stream says. Fields are flat `[name, value, ...]`, pseudo-header fields among them. */
export interface StreamListener {
  /** An interim response. */
  onHeaders(fields: readonly string[]): void
  onResponse(fields: readonly string[]): void
  onData(chunk: Buffer): void
  onTrailers(fields: readonly string[]): void
  /** END_STREAM has come; what came before it may still lie in the stream. */
  onWhole(): void
  /** Nothing more is to be read. Without `onWhole` before it the stream was broken off. */
  onEnd(): void
  onWantTrailers(): void
  onError(cause: unknown): void
  onClose(): void
  /** One of the above has thrown. */
  fail(error: unknown): void
}

const LISTENER = Symbol('listener')

type Heard = ClientHttp2Stream & { [LISTENER]: StreamListener }

/** Tells `listener` what `stream` says, by functions that all streams share. */
export function listen(stream: ClientHttp2Stream, listener: StreamListener): void {
  const heard = stream as Heard
  heard[LISTENER] = listener
  heard.push = push
  heard
    .on('headers' as string, onHeaders)
    .on('response' as string, onResponse)
    .on('trailers' as string, onTrailers)
    .on('wantTrailers', onWantTrailers)
    .on('end', onEnd)
    .on('error', onError)
    .on('close', onClose)
}

/**
 * For Node, END_STREAM and RST_STREAM with NO_ERROR are the same end of what can be read. They differ in whether the stream is
 * closed already when Node pushes the end; a body that is broken off must not pass for a whole one (RFC 9113 8.1).
 */
function push(this: Heard, chunk: unknown, encoding?: BufferEncoding): boolean {
  const wantsMore = Duplex.prototype.push.call(this, chunk, encoding)
  if (chunk === null && !this.closed && !this.destroyed) this[LISTENER].onWhole()
  return wantsMore
}

/** The third argument has been there since Node 8, and is in the manual since 24: the fields as they came. */
function onHeaders(this: Heard, _headers: object, _flags: number, fields: readonly string[]): void {
  try {
    this[LISTENER].onHeaders(fields)
  } catch (error) {
    this[LISTENER].fail(error)
  }
}

function onResponse(this: Heard, _headers: object, _flags: number, fields: readonly string[]): void {
  try {
    this[LISTENER].onResponse(fields)
    // Not before: with this the data begin to flow.
    this.on('data', onData)
  } catch (error) {
    this[LISTENER].fail(error)
  }
}

function onData(this: Heard, chunk: Buffer): void {
  try {
    this[LISTENER].onData(chunk)
  } catch (error) {
    this[LISTENER].fail(error)
  }
}

function onTrailers(this: Heard, _headers: object, _flags: number, fields: readonly string[]): void {
  this[LISTENER].onTrailers(fields)
}

function onWantTrailers(this: Heard): void {
  try {
    this[LISTENER].onWantTrailers()
  } catch (error) {
    this[LISTENER].fail(error)
  }
}

function onEnd(this: Heard): void {
  this[LISTENER].onEnd()
}

function onError(this: Heard, cause: unknown): void {
  this[LISTENER].onError(cause)
}

function onClose(this: Heard): void {
  this[LISTENER].onClose()
}

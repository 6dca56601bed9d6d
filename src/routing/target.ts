import { GatewayError } from '../errors.ts'
import { removeDotSegments } from './dots.ts'

/** Where a request wants to go, still encoded. */
export interface Target {
  /** Starts with `/`; dot segments are resolved, everything else is byte for byte what was sent. */
  readonly path: string
  /** With its `?`; empty when there is none. */
  readonly query: string
  /** Of the absolute-form. It wins over the Host field: RFC 9112 3.2.2. */
  readonly authority: string | undefined
}

const SPACE = 0x20
const HASH = 0x23
const PERCENT = 0x25
const DOT = 0x2e
const SLASH = 0x2f
const QUESTION = 0x3f
const AT = 0x40
const BACKSLASH = 0x5c
const DELETE = 0x7f

/**
 * Reads a request target in origin-form or absolute-form. Never through URL: that decodes, rewrites and lets `//host` in.
 *
 * @throws GW_BAD_REQUEST for any other form, a fragment, a backslash in the path, a control, a space or non-ASCII
 */
export function parseTarget(raw: string): Target {
  if (raw.charCodeAt(0) === SLASH) return parseOriginForm(raw, 'the request target')
  const start = /^https?:\/\//i.exec(raw)?.[0].length
  if (!start) throw malformed('the request target', 'does not begin with "/"')
  const end = endOfAuthority(raw, start)
  const rest = raw.slice(end)
  return parseOriginForm(rest.startsWith('/') ? rest : `/${rest}`, 'the request target', raw.slice(start, end))
}

/**
 * Reads a path with an optional query. `what` begins the sentence of the error.
 *
 * @throws GW_BAD_REQUEST as `parseTarget` does
 */
export function parseOriginForm(raw: string, what: string, authority?: string): Target {
  if (raw.charCodeAt(0) !== SLASH) throw malformed(what, 'does not begin with "/"')
  let end = raw.length
  let dotted = false
  let previous = 0
  for (let at = 0; at < end; at++) {
    const code = raw.charCodeAt(at)
    if (code === QUESTION) end = at
    else if (code === BACKSLASH) throw malformed(what, 'has a backslash in its path')
    else refuseForeign(code, what)
    // A dot segment begins with a dot, plain or encoded. This asks for more than those: the slow path tells them apart.
    if (previous === SLASH && (code === DOT || code === PERCENT)) dotted = true
    previous = code
  }
  for (let at = end; at < raw.length; at++) refuseForeign(raw.charCodeAt(at), what)
  const path = raw.slice(0, end)
  return { path: dotted ? removeDotSegments(path) : path, query: raw.slice(end), authority }
}

function refuseForeign(code: number, what: string): void {
  if (code <= SPACE || code >= DELETE) throw malformed(what, 'has a control character, a space or non-ASCII in it')
  if (code === HASH) throw malformed(what, 'has a fragment')
}

/** Userinfo is refused: RFC 9110 4.2.4 takes it for an attempt to mislead. */
function endOfAuthority(raw: string, start: number): number {
  let at = start
  for (; at < raw.length; at++) {
    const code = raw.charCodeAt(at)
    if (code === SLASH || code === QUESTION || code === HASH) break
    if (code <= SPACE || code >= DELETE || code === BACKSLASH || code === AT) at = raw.length
  }
  if (at === start || at > raw.length) throw malformed('the request target', 'has no valid authority')
  return at
}

function malformed(what: string, why: string): GatewayError {
  return new GatewayError('GW_BAD_REQUEST', `${what} ${why}`)
}

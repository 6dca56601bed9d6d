import { expect, it } from 'vitest'
import type { Exchange } from '../../../src/proxy/exchange.ts'
import { RequestHeaders } from '../../../src/proxy/headers/request-headers.ts'
import { told } from './told.ts'

const VALID = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

it('says nothing that a stranger has said of itself', () => {
  const lies = [
    'X-Forwarded-For: 1.2.3.4',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Host: evil',
    'X-Forwarded-Port: 443',
    'X-Forwarded-Prefix: /evil',
    'X-Forwarded-Ssl: on',
    'X-Forwarded-Scheme: https',
    'X-Forwarded-Server: evil',
    'X-Real-IP: 1.2.3.4',
    'Forwarded: for=1.2.3.4',
  ]
  const of = told(lies, { prefix: '/services/up' })
  expect(of('x-forwarded-for')).toBe('10.0.0.1')
  expect(of('x-forwarded-proto')).toBe('http')
  expect(of('x-forwarded-host')).toBe('gateway:80')
  expect(of('x-forwarded-prefix')).toBe('/services/up')
  for (const name of ['x-forwarded-port', 'x-forwarded-ssl', 'x-forwarded-scheme', 'x-forwarded-server']) {
    expect([name, of(name)]).toEqual([name, ''])
  }
  expect([of('x-real-ip'), of('forwarded')]).toEqual(['', ''])
})

it.each([
  'X_Forwarded_For',
  'x-forwarded_for',
  'X_Forwarded-Proto',
  'x_real_ip',
  'Content_Length',
  'Transfer_Encoding',
])('drops %s, which CGI takes for the field with dashes', (name) => {
  expect(told([`${name}: 1`])(name.toLowerCase())).toBe('')
})

it('lets other names with underscores through', () => {
  expect(told(['my_own: 1'])('my_own')).toBe('1')
})

it('tells whose certificate a client has shown, and drops what a client says of that', () => {
  const settings = { subjectHeader: 'x-client-subject' }
  const lies = ['X-Client-Subject: CN=root', 'x_client_subject: CN=root']
  const shown = told(lies, { settings, peer: { subject: 'CN=me' } })
  expect([shown('x-client-subject'), shown('x_client_subject')]).toEqual(['CN=me', ''])
  expect(told(lies, { settings })('x-client-subject')).toBe('')
  expect(told(lies, { settings, trusted: ['10.0.0.0/8'] })('x-client-subject')).toBe('')
})

it('carries a trace with its state', () => {
  const of = told([`traceparent: ${VALID}`, 'tracestate: a=1', 'tracestate: b=2'])
  expect([of('traceparent'), of('tracestate')]).toEqual([VALID, 'a=1 | b=2'])
})

it.each([
  ['that is broken', ['traceparent: 00-x-y-01', 'tracestate: a=1']],
  ['that is there twice', [`traceparent: ${VALID}`, `traceparent: ${VALID}`, 'tracestate: a=1']],
  ['that is missing', ['tracestate: a=1']],
  ['that Connection takes away', [`traceparent: ${VALID}`, 'Connection: traceparent', 'tracestate: a=1']],
])('begins a trace in the place of one %s, without its state', (_, fields) => {
  const of = told(fields)
  expect(of('traceparent')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
  expect(of('tracestate')).toBe('')
})

it('adds itself to Via with the version that it was asked in', () => {
  expect(told(['Via: 1.0 a', 'Via: 1.1 b'])('via')).toBe('1.0 a, 1.1 b, 1.1 portolan')
  expect(told([], { httpVersion: '1.0' })('via')).toBe('1.0 portolan')
  expect(told([], { httpVersion: '2.0' })('via')).toBe('2 portolan')
})

it.each([
  ['OPTIONS', '5', '4'],
  ['TRACE', '1', '0'],
  ['OPTIONS', '99999999999999999999', '9007199254740990'],
  ['OPTIONS', 'many', 'many'],
  ['GET', '5', '5'],
])('passes a %s with Max-Forwards: %s on with %s', (method, sent, passed) => {
  expect(told([`Max-Forwards: ${sent}`], { method })('max-forwards')).toBe(passed)
})

it('lets nobody say after the body whose certificate has been shown', () => {
  const headers = new RequestHeaders({ forwarded: false, subjectHeader: 'x-client-subject' })
  const lies = [
    'X-Client-Subject',
    'CN=root',
    'x_client_subject',
    'CN=root',
    'x-client_Subject',
    'CN=root',
    'X-Sum',
    '7',
  ]
  const trailers = headers.trailersOf({ trailers: () => lies } as unknown as Exchange)
  expect(trailers?.()).toEqual(['X-Sum', '7'])
})

it('says that trailers are welcome when the client says so and can have them', () => {
  for (const te of ['trailers', 'Trailers', 'gzip;q=0.5, trailers']) expect(told([`TE: ${te}`])('te')).toBe('trailers')
  for (const te of ['gzip', 'trailers-not', '']) expect(told([`TE: ${te}`])('te')).toBe('')
  expect(told(['TE: trailers'], { httpVersion: '1.0' })('te')).toBe('')
})

it('does not let Connection take away what the gateway says', () => {
  const of = told(['Connection: host, x-forwarded-for, via, x-request-id'])
  expect(of('host')).toBe('gateway:80')
  expect(of('x-forwarded-for')).toBe('10.0.0.1')
  expect([of('via'), of('x-request-id')]).toEqual(['1.1 portolan', 'id-1'])
})

it('gives a request without a host the name of its service, and forwards no host', () => {
  const of = told([], { host: null, httpVersion: '1.0' })
  expect([of('host'), of('x-forwarded-host')]).toEqual(['s', ''])
})

it('adds to Forwarded only where that is wanted', () => {
  const settings = { forwarded: true }
  expect(told(['Forwarded: for=evil'])('forwarded')).toBe('')
  expect(told(['Forwarded: for=evil'], { settings })('forwarded')).toBe('for=10.0.0.1;host="gateway:80";proto=http')
  const peer = { address: '2001:db8::1' }
  expect(told([], { settings, peer, encrypted: true })('forwarded')).toBe(
    'for="[2001:db8::1]";host="gateway:80";proto=https',
  )
})

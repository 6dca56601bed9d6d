import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { expect, onTestFinished } from 'vitest'
import type { ClientCertificatesConfig, TlsConfig } from '../../src/config/types.ts'
import type { Pair } from '../support/certificates.ts'
import { until } from '../support/until.ts'
import type { FrontRig } from './rig.ts'

export const tls = (pairs: readonly Pair[], clients: ClientCertificatesConfig | null = null): TlsConfig => ({
  certificates: pairs,
  minVersion: 'TLSv1.2',
  clients,
})

export const clients = (ca: string, required = true): ClientCertificatesConfig => ({
  ca,
  required,
  header: 'x-client-subject',
})

function opened(front: FrontRig, options: ConnectionOptions): TLSSocket {
  const socket = connect({ port: front.port, host: '127.0.0.1', servername: '', rejectUnauthorized: false, ...options })
  onTestFinished(() => void socket.destroy())
  return socket
}

export function secured(front: FrontRig, options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((done, fail) => {
    const socket = opened(front, options)
    socket.once('secureConnect', () => done(socket)).on('error', fail)
  })
}

export async function closes(front: FrontRig, options: ConnectionOptions): Promise<void> {
  const before = front.through.length
  const socket = opened(front, options).on('error', () => undefined)
  await until('it is closed', () => socket.closed)
  expect(front.through.length).toBe(before)
}

export async function sessionOf(front: FrontRig, options: ConnectionOptions): Promise<Buffer> {
  const socket = await secured(front, options)
  return new Promise((done) =>
    socket.getProtocol() === 'TLSv1.3' ? socket.once('session', done) : done(socket.getSession()!),
  )
}

export async function shown(front: FrontRig, servername: string): Promise<string> {
  return commonName(await secured(front, { servername }))
}

export const commonName = (socket: TLSSocket) => socket.getPeerCertificate().subject.CN as string

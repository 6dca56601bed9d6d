import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { onTestFinished } from 'vitest'

/** The requests that `node:http` reads on this port from now on, until the end of the test. */
export function readByNode(port: number): string[] {
  const urls: string[] = []
  const note = (message: unknown): void => {
    const { url = '', socket } = (message as { request: IncomingMessage }).request
    if (socket.localPort === port) urls.push(url)
  }
  subscribe('http.server.request.start', note)
  onTestFinished(() => void unsubscribe('http.server.request.start', note))
  return urls
}

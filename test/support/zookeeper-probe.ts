import { spawn } from 'node:child_process'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const READY_MS = 60_000

/** A ZooKeeper server of one's own, on loopback, with an empty tree. */
export interface ZooKeeperServer {
  /** `host:port`. */
  readonly address: string
  readonly pid: number
  /** SIGKILL; the data stays. */
  kill(): Promise<void>
  /** Kills it if it still runs, and starts it again on the same port with the same data. */
  restart(): Promise<void>
  /** Kills it and removes its data. */
  stop(): Promise<void>
}

/** Resolves when the server serves. `ruok` would be answered before that; `srvr` says what it is. */
export async function ready(address: string, exited = () => false): Promise<void> {
  const deadline = Date.now() + READY_MS
  while (!/^Mode:/m.test(await ask(address, 'srvr').catch(() => ''))) {
    if (exited()) throw new Error(`ZooKeeper on ${address} exited before it served`)
    if (Date.now() > deadline) throw new Error(`ZooKeeper on ${address} does not serve after ${READY_MS} ms`)
    await sleep(50)
  }
}

/** One of the server's four-letter words, such as `srvr` or `cons`. */
export function ask(address: string, word: string): Promise<string> {
  const colon = address.lastIndexOf(':')
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '')
  return new Promise((resolve, reject) => {
    let said = ''
    const socket = connect(Number(address.slice(colon + 1)), host, () => socket.write(word))
    socket.setEncoding('utf8').setTimeout(2000, () => socket.destroy(new Error(`${word} unanswered`)))
    socket.on('data', (chunk) => {
      said += chunk
    })
    socket.on('error', reject).on('close', () => resolve(said))
  })
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

export function exitCode(command: string, args: readonly string[]): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
    child.on('error', () => resolve(null)).on('exit', resolve)
  })
}

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const JAR = '/usr/share/java/zookeeper.jar'
const READY_MS = 60_000

/** A ZooKeeper server of one's own, on loopback, with an empty tree. Needs java and the jar of `libzookeeper-java`. */
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

/** Whether a server can be started without installing anything: java is run, not merely looked for. */
export async function canStartZooKeeper(): Promise<boolean> {
  return existsSync(JAR) && (await exitCode('java', ['-version'])) === 0
}

export async function startZooKeeper(): Promise<ZooKeeperServer> {
  const directory = await mkdtemp(join(tmpdir(), 'zookeeper-'))
  const port = await freePort()
  await mkdir(join(directory, 'data'))
  await writeFile(join(directory, 'zoo.cfg'), configuration(directory, port))
  let child = await launch(directory, port)
  // SIGKILL: a graceful stop takes seconds and the data is disposable.
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await exited
  }
  const atExit = () => child.kill('SIGKILL')
  process.once('exit', atExit)
  return {
    address: `127.0.0.1:${port}`,
    get pid() {
      return child.pid!
    },
    kill,
    async restart() {
      await kill()
      child = await launch(directory, port)
    },
    async stop() {
      await kill()
      process.removeListener('exit', atExit)
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Short ticks allow sessions of one second; the default of 60 connections for each client address is soon used up. */
function configuration(directory: string, port: number): string {
  return `tickTime=500
initLimit=20
syncLimit=10
minSessionTimeout=1000
maxSessionTimeout=60000
maxClientCnxns=0
clientPortAddress=127.0.0.1
4lw.commands.whitelist=*
dataDir=${join(directory, 'data')}
clientPort=${port}
`
}

async function launch(directory: string, port: number): Promise<ChildProcess> {
  const options = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
  const properties = ['-Dzookeeper.admin.enableServer=false', '-Dzookeeper.forceSync=no']
  // The jar's manifest names all else it needs but a log; without one, failures are silent.
  const classPath = ['-cp', `${JAR}:/usr/share/java/slf4j-simple.jar`, '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn']
  const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain'
  const log = join(directory, 'zookeeper.log')
  const args = [...options, ...properties, ...classPath, main, join(directory, 'zoo.cfg')]
  const child = spawn('/bin/sh', ['-c', 'log=$1; shift; exec java "$@" >"$log" 2>&1', 'sh', log, ...args], {
    stdio: 'ignore',
  })
  try {
    await ready(`127.0.0.1:${port}`, () => child.exitCode !== null)
    return child
  } catch (error) {
    child.kill('SIGKILL')
    const said = await readFile(log, 'utf8').catch(() => '')
    await rm(directory, { recursive: true, force: true })
    throw new Error(`${(error as Error).message}\n${said.trim()}`)
  }
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
  return new Promise((resolve, reject) => {
    let said = ''
    const socket = connect(Number(address.slice(colon + 1)), address.slice(0, colon), () => socket.write(word))
    socket.setEncoding('utf8').setTimeout(2000, () => socket.destroy(new Error(`${word} unanswered`)))
    socket.on('data', (chunk) => {
      said += chunk
    })
    socket.on('error', reject).on('close', () => resolve(said))
  })
}

function freePort(): Promise<number> {
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

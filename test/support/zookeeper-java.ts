import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exitCode, freePort, ready, type ZooKeeperServer } from './zookeeper-probe.ts'

const JARS = '/usr/share/java'
const JAR = `${JARS}/zookeeper.jar`

/** What a test wants of a server beyond the usual. */
export interface JavaSettings {
  /** Lines of `zoo.cfg`. `DIRECTORY` in them is the server's own. */
  readonly lines?: readonly string[]
  /** Java system properties, `zookeeper.name=value`. */
  readonly properties?: readonly string[]
  /** Names of Debian's jars, for what the manifest of ZooKeeper's forgets. */
  readonly jars?: readonly string[]
  /** The address to listen on; 127.0.0.1 unless told. */
  readonly host?: string
  readonly port?: number
  /** The number of one of several servers. */
  readonly id?: number
}

/** A server whose process is at hand. */
export interface JavaServer extends ZooKeeperServer {
  /** SIGSTOP: its connections stay, and are silent. */
  freeze(): void
  /** SIGCONT. */
  thaw(): void
  /** Kills it and throws its data away; `restart` begins with none. */
  wipe(): Promise<void>
}

/** Whether a server can be started without installing anything: java is run, not merely looked for. */
export async function canStartInJava(): Promise<boolean> {
  return existsSync(JAR) && (await exitCode('java', ['-version'])) === 0
}

export async function startInJava(settings: JavaSettings = {}): Promise<JavaServer> {
  const directory = await mkdtemp(join(tmpdir(), 'zookeeper-'))
  const { host = '127.0.0.1', port = await freePort() } = settings
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  const empty = async () => {
    await rm(join(directory, 'data'), { recursive: true, force: true })
    await mkdir(join(directory, 'data'))
    if (settings.id) await writeFile(join(directory, 'data', 'myid'), `${settings.id}`)
  }
  await empty()
  await writeFile(join(directory, 'zoo.cfg'), configuration(directory, { ...settings, host, port }))
  const start = () => launch(directory, address, settings)
  let child = await start()
  // SIGKILL: a graceful stop takes seconds and the data is disposable.
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await exited
  }
  const atExit = () => {
    child.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  }
  process.once('exit', atExit)
  return {
    address,
    get pid() {
      return child.pid!
    },
    kill,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async wipe() {
      await kill()
      await empty()
    },
    async restart() {
      await kill()
      child = await start()
    },
    async stop() {
      await kill()
      process.removeListener('exit', atExit)
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Short ticks allow sessions of one second; the default of 60 connections for each client address is soon used up. */
function configuration(directory: string, { host, port, lines = [] }: JavaSettings): string {
  return `tickTime=500
initLimit=20
syncLimit=10
minSessionTimeout=1000
maxSessionTimeout=60000
maxClientCnxns=0
clientPortAddress=${host}
4lw.commands.whitelist=*
dataDir=${join(directory, 'data')}
clientPort=${port}
${lines.join('\n').replaceAll('DIRECTORY', directory)}
`
}

async function launch(directory: string, address: string, settings: JavaSettings): Promise<ChildProcess> {
  const options = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
  const wanted = ['zookeeper.admin.enableServer=false', 'zookeeper.forceSync=no', ...(settings.properties ?? [])]
  // The jar's manifest names all else it needs but a log; without one, failures are silent.
  const jars = [JAR, ...['slf4j-simple', ...(settings.jars ?? [])].map((name) => `${JARS}/${name}.jar`)]
  const classPath = ['-cp', jars.join(':'), '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn']
  const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain'
  const log = join(directory, 'zookeeper.log')
  const properties = wanted.map((property) => `-D${property}`)
  const args = [...options, ...properties, ...classPath, main, join(directory, 'zoo.cfg')]
  const child = spawn('/bin/sh', ['-c', 'log=$1; shift; exec java "$@" >"$log" 2>&1', 'sh', log, ...args], {
    stdio: 'ignore',
  })
  try {
    await ready(address, () => child.exitCode !== null)
    return child
  } catch (error) {
    child.kill('SIGKILL')
    const said = await readFile(log, 'utf8').catch(() => '')
    await rm(directory, { recursive: true, force: true })
    throw new Error(`${(error as Error).message}\n${said.trim()}`)
  }
}

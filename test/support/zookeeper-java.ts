import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exitCode, freePort, ready, type ZooKeeperServer } from './zookeeper-probe.ts'

const JAR = '/usr/share/java/zookeeper.jar'

/** Whether a server can be started without installing anything: java is run, not merely looked for. */
export async function canStartInJava(): Promise<boolean> {
  return existsSync(JAR) && (await exitCode('java', ['-version'])) === 0
}

export async function startInJava(): Promise<ZooKeeperServer> {
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
  const atExit = () => {
    child.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  }
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

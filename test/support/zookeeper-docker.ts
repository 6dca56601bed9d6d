import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import { exitCode, freePort, ready, type ZooKeeperServer } from './zookeeper-probe.ts'

const run = promisify(execFile)
const IMAGE = 'zookeeper:3.9'
const SETTINGS = [
  'ZOO_TICK_TIME=500',
  'ZOO_MAX_CLIENT_CNXNS=0',
  'ZOO_4LW_COMMANDS_WHITELIST=*',
  'ZOO_CFG_EXTRA=minSessionTimeout=1000 maxSessionTimeout=60000',
]

export async function canStartInDocker(): Promise<boolean> {
  return (await exitCode('docker', ['info'])) === 0
}

/** In a container of the official image. */
export async function startInDocker(): Promise<ZooKeeperServer> {
  const port = await freePort() // chosen here: docker would choose another one at a restart
  const settings = SETTINGS.flatMap((setting) => ['-e', setting])
  const { stdout } = await run('docker', ['run', '-d', '-p', `127.0.0.1:${port}:2181`, ...settings, IMAGE])
  const id = stdout.trim()
  const address = `127.0.0.1:${port}`
  const atExit = () => void execFileSync('docker', ['rm', '-f', id])
  process.once('exit', atExit)
  let pid = await served(id, address)
  return {
    address,
    get pid() {
      return pid
    },
    async kill() {
      await run('docker', ['kill', id])
    },
    async restart() {
      await run('docker', ['restart', '-t', '0', id])
      pid = await served(id, address)
    },
    async stop() {
      process.removeListener('exit', atExit)
      await run('docker', ['rm', '-f', id])
    },
  }
}

async function served(id: string, address: string): Promise<number> {
  await ready(address)
  const { stdout } = await run('docker', ['inspect', '-f', '{{.State.Pid}}', id])
  return Number(stdout)
}

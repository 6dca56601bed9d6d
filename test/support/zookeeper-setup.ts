import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'
import { canStartZooKeeper, exitCode, ready, startZooKeeper } from './zookeeper-server.ts'

/**
 * One real ZooKeeper for the whole run: the one `PORTOLAN_TEST_ZOOKEEPER` names, or java's, or docker's.
 * @module
 */

declare module 'vitest' {
  interface ProvidedContext {
    zookeeper: string
  }
}

interface Shared {
  readonly address: string
  stop(): Promise<void>
}

const run = promisify(execFile)
const IMAGE = 'zookeeper:3.9'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await shared()
  project.provide('zookeeper', server.address)
  // A signal ends this process without its exit handlers, and the server would outlive it.
  const stopped = () => process.exit(143)
  process.once('SIGTERM', stopped).once('SIGHUP', stopped)
  return async () => {
    process.off('SIGTERM', stopped).off('SIGHUP', stopped)
    await server.stop()
  }
}

async function shared(): Promise<Shared> {
  const given = process.env.PORTOLAN_TEST_ZOOKEEPER
  if (given) return { address: given, stop: async () => {} }
  if ((await canStartZooKeeper()) || (await installed())) return startZooKeeper()
  if ((await exitCode('docker', ['info'])) === 0) return inDocker()
  const remedies = 'install libzookeeper-java and a Java runtime, or docker, or set PORTOLAN_TEST_ZOOKEEPER=host:port'
  throw Object.assign(new Error(`the tests need a ZooKeeper: ${remedies}`), { stack: '' })
}

async function installed(): Promise<boolean> {
  if (process.getuid?.() !== 0 || (await exitCode('apt-get', ['--version'])) !== 0) return false
  process.stdout.write('installing libzookeeper-java and a Java runtime for the tests (about 100 MB)\n')
  await exitCode('apt-get', ['update', '-q'])
  const install = (runtime: string) =>
    exitCode('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'libzookeeper-java', runtime])
  for (const runtime of ['openjdk-17-jre-headless', 'default-jre-headless'])
    if ((await install(runtime)) === 0) return canStartZooKeeper()
  return false
}

async function inDocker(): Promise<Shared> {
  const settings = ['-e', 'ZOO_MAX_CLIENT_CNXNS=0', '-e', 'ZOO_TICK_TIME=500', '-e', 'ZOO_4LW_COMMANDS_WHITELIST=*']
  const { stdout } = await run('docker', ['run', '-d', '--rm', '-p', '127.0.0.1:0:2181', ...settings, IMAGE])
  const id = stdout.trim()
  const remove = () => run('docker', ['rm', '-f', id]).then(() => {})
  try {
    const port = await run('docker', ['port', id, '2181/tcp'])
    const address = port.stdout.trim().split('\n')[0]!
    await ready(address)
    return { address, stop: remove }
  } catch (error) {
    await remove()
    throw error
  }
}

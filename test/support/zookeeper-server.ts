import { canStartInDocker, startInDocker } from './zookeeper-docker.ts'
import { canStartInJava, type JavaServer, type JavaSettings, startInJava } from './zookeeper-java.ts'
import { exitCode, type ZooKeeperServer } from './zookeeper-probe.ts'

export { ask, type ZooKeeperServer } from './zookeeper-probe.ts'

/**
 * A ZooKeeper server of one's own, on loopback, with an empty tree: with the Java of this machine, which root has
 * installed if it is missing, or else in docker.
 *
 * @throws Error in one line when there is no way to have one
 */
export async function startZooKeeper(): Promise<ZooKeeperServer> {
  if ((await canStartInJava()) || (await installed())) return startInJava()
  if (await canStartInDocker()) return startInDocker()
  const remedies = 'install libzookeeper-java and a Java runtime, or docker, or set PORTOLAN_TEST_ZOOKEEPER=host:port'
  throw Object.assign(new Error(`the tests need a ZooKeeper: ${remedies}`), { stack: '' })
}

/** The same where a test needs more than docker has: settings, signals, several servers. */
export async function startJavaZooKeeper(settings: JavaSettings = {}): Promise<JavaServer> {
  if ((await canStartInJava()) || (await installed())) return startInJava(settings)
  throw Object.assign(new Error('this test needs libzookeeper-java and a Java runtime'), { stack: '' })
}

async function installed(): Promise<boolean> {
  if (process.getuid?.() !== 0 || (await exitCode('apt-get', ['--version'])) !== 0) return false
  process.stdout.write('installing libzookeeper-java and a Java runtime for the tests (about 100 MB)\n')
  await exitCode('apt-get', ['update', '-q'])
  const install = (runtime: string) =>
    exitCode('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'libzookeeper-java', runtime])
  for (const runtime of ['openjdk-17-jre-headless', 'default-jre-headless'])
    if ((await install(runtime)) === 0) return canStartInJava()
  return false
}

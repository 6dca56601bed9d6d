import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../http.mjs'
import { start } from '../processes.mjs'

const JAR = '/usr/share/java/zookeeper.jar'
/** Its manifest names all else a server needs but a log; without one, failures are silent. */
const CLASS_PATH = `${JAR}:/usr/share/java/slf4j-simple.jar`
const START_MS = 60_000

/** @throws a one-line error that says what to install */
export function assertJars() {
  if (existsSync(JAR)) return
  throw new Error(
    'install ZooKeeper (Debian: apt-get install --no-install-recommends libzookeeper-java openjdk-17-jre-headless)',
  )
}

/**
 * Three ZooKeepers on loopback that are one registry; `killAll` of processes.mjs ends them.
 * @returns `host:port` of each, once all of them serve
 */
export async function startEnsemble({ dir, core }) {
  const servers = []
  for (const id of [1, 2, 3])
    servers.push({ id, client: await freePort(), quorum: await freePort(), election: await freePort() })
  const runs = servers.map((server) => launch(server, servers, { dir, core }))
  await Promise.all(servers.map(({ client }, at) => serving(client, runs[at])))
  return servers.map(({ client }) => `127.0.0.1:${client}`)
}

function launch({ id, client }, servers, { dir, core }) {
  const home = join(dir, `zookeeper-${id}`)
  mkdirSync(join(home, 'data'), { recursive: true })
  writeFileSync(join(home, 'data', 'myid'), String(id))
  writeFileSync(join(home, 'zoo.cfg'), configuration(home, client, servers))
  const heap = ['-Xms128m', '-Xmx1g', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
  const properties = [
    'zookeeper.admin.enableServer=false',
    'zookeeper.forceSync=no',
    'org.slf4j.simpleLogger.defaultLogLevel=warn',
  ]
  const main = ['org.apache.zookeeper.server.quorum.QuorumPeerMain', join(home, 'zoo.cfg')]
  const args = [...heap, ...properties.map((property) => `-D${property}`), '-cp', CLASS_PATH, ...main]
  return start({ command: 'java', args, core, dir: home })
}

const configuration = (home, client, servers) => `tickTime=500
initLimit=20
syncLimit=10
minSessionTimeout=1000
maxSessionTimeout=60000
maxClientCnxns=0
clientPortAddress=127.0.0.1
4lw.commands.whitelist=*
dataDir=${join(home, 'data')}
clientPort=${client}
${servers.map(({ id, quorum, election }) => `server.${id}=127.0.0.1:${quorum}:${election}`).join('\n')}
`

/** `ruok` would be answered before that; `srvr` says what the server is. */
async function serving(port, run) {
  const deadline = Date.now() + START_MS
  while (!/^Mode: (leader|follower)/m.test(await ask(port, 'srvr').catch(() => ''))) {
    if (run.hasExited()) throw new Error(`ZooKeeper exited before it served: ${run.lastWords()}`)
    if (Date.now() > deadline) throw new Error(`ZooKeeper on port ${port} does not serve after ${START_MS / 1000} s`)
    await sleep(50)
  }
}

function ask(port, word) {
  return new Promise((resolve, reject) => {
    let said = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(word))
    socket.setEncoding('utf8').setTimeout(2000, () => socket.destroy(new Error(`${word} unanswered`)))
    socket.on('data', (chunk) => {
      said += chunk
    })
    socket.on('error', reject).on('close', () => resolve(said))
  })
}

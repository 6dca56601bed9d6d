import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../http.mjs'
import { kill, start } from '../processes.mjs'

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

/** Three ZooKeepers on loopback that are one registry, once all of them serve; `killAll` of processes.mjs ends them. */
export async function startEnsemble({ dir, core }) {
  const members = []
  for (const id of [1, 2, 3])
    members.push({ id, client: await freePort(), quorum: await freePort(), election: await freePort() })
  const servers = members.map((member) => new Server(member, () => launch(member, members, { dir, core })))
  const modes = await Promise.all(servers.map((server) => server.serving()))
  return { servers, leader: servers[modes.indexOf('leader')] }
}

class Server {
  #port
  #launch
  #run

  constructor({ client }, launch) {
    this.#port = client
    this.#launch = launch
    this.#run = launch()
  }

  get address() {
    return `127.0.0.1:${this.#port}`
  }

  /** SIGKILL; the data stays. */
  kill() {
    return kill(this.#run)
  }

  async restart() {
    this.#run = this.#launch()
    await this.serving()
  }

  /** Resolves with what it is. `ruok` would be answered before it serves; `srvr` says what the server is. */
  async serving() {
    const deadline = Date.now() + START_MS
    for (; ; await sleep(50)) {
      const said = await ask(this.#port, 'srvr').catch(() => '')
      const mode = said.match(/^Mode: (leader|follower)/m)?.[1]
      if (mode) return mode
      if (this.#run.hasExited()) throw new Error(`ZooKeeper exited before it served: ${this.#run.lastWords()}`)
      if (Date.now() > deadline) throw new Error(`ZooKeeper ${this.address} does not serve after ${START_MS / 1000} s`)
    }
  }
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

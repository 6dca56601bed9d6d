import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const START_MS = 60_000
const STOP_MS = 10_000
const POLL_MS = 20
const MAIN = fileURLToPath(new URL('../dist/src/cli/main.js', import.meta.url))

/** Time-outs are short, nothing is sent twice, and no instance is given a rest: each case stands for itself. */
const config = (workers) => `
server:
  { host: 127.0.0.1, port: 0, workers: ${workers}, drain: { timeout: 5s },
    limits: { headerTimeout: 1s, keepAliveTimeout: 2s, bodyTimeout: 1s, writeTimeout: 2s, bodyBytes: 1MiB } }
registry: { type: static-file, options: { path: services.yaml }, snapshot: null }
routing: [{ mode: path, prefix: /services }]
upstream: { responseTimeout: 1s, stallTimeout: 1s, idleTimeout: 1s, tunnelTimeout: 1s }
retry: { attempts: 1 }
health: { passive: null }
admin: { port: 0 }
`

/** The gateway as it is installed, watched for what must not happen. */
export class Gateway {
  #folder = mkdtempSync(join(tmpdir(), 'portolan-fuzz-'))
  #child
  #ports = {}
  #workers = []
  /** Lines that tell of a failure. */
  complaints = []
  statuses = new Map()

  constructor() {
    process.once('exit', () => {
      this.kill()
      rmSync(this.#folder, { recursive: true, force: true })
    })
  }

  /** @returns the port */
  async start(workers, instancePort) {
    writeFileSync(join(this.#folder, 'gateway.yaml'), config(workers))
    writeFileSync(join(this.#folder, 'services.yaml'), `services: { fuzz: ['127.0.0.1:${instancePort}'] }\n`)
    this.#child = spawn(process.execPath, [MAIN, 'run', 'gateway.yaml'], { cwd: this.#folder })
    this.#child.stderr.setEncoding('utf8').on('data', (text) => this.complaints.push(`stderr: ${text}`))
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#read(line))
    await this.#until(() => this.#ports.gateway && this.#ports.admin)
    await this.#until(() => fetch(`http://127.0.0.1:${this.#ports.admin}/readyz`).then(({ ok }) => ok))
    this.#workers = this.#children()
    return this.#ports.gateway
  }

  /** What has become of its processes since it was started, if anything has. */
  harm() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null)
      return `the gateway ended (${this.#child.exitCode ?? this.#child.signalCode})`
    const workers = this.#children()
    return String(workers) === String(this.#workers) ? undefined : `workers ${this.#workers} have become ${workers}`
  }

  /** Open sockets of all its processes. */
  sockets() {
    return [this.#child.pid, ...this.#workers]
      .flatMap((pid) => descriptors(pid))
      .filter((link) => link.startsWith('socket:')).length
  }

  residentMiB() {
    return [this.#child.pid, ...this.#workers].reduce((sum, pid) => sum + resident(pid), 0)
  }

  /** @returns what is wrong with how it ended, if anything is */
  async stop() {
    const timer = setTimeout(() => this.kill(), STOP_MS)
    const ended = this.#child.exitCode === null ? once(this.#child, 'exit') : undefined
    this.#child.kill('SIGTERM')
    await ended
    clearTimeout(timer)
    rmSync(this.#folder, { recursive: true, force: true })
    return this.#child.exitCode === 0
      ? undefined
      : `it did not drain: ${this.#child.exitCode ?? this.#child.signalCode}`
  }

  kill() {
    this.#child?.kill('SIGKILL')
  }

  #read(text) {
    const line = JSON.parse(text)
    if (line.type === 'access') {
      this.statuses.set(line.status, (this.statuses.get(line.status) ?? 0) + 1)
      if (line.code === 'GW_INTERNAL') this.complaints.push(text)
    } else if (line.level >= 50) this.complaints.push(text)
    else if (line.msg === 'the gateway listens') this.#ports.gateway = line.port
    else if (line.msg === 'the admin port listens') this.#ports.admin = line.port
  }

  async #until(holds) {
    for (const deadline = Date.now() + START_MS; !(await holds()); ) {
      if (Date.now() > deadline || this.#child.exitCode !== null)
        throw new Error(`the gateway did not start: ${this.complaints.join('\n')}`)
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }

  #children() {
    const { pid } = this.#child
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  }
}

function descriptors(pid) {
  const folder = `/proc/${pid}/fd`
  return (unlessGone(() => readdirSync(folder)) ?? []).flatMap(
    (fd) => unlessGone(() => readlinkSync(`${folder}/${fd}`)) ?? [],
  )
}

function resident(pid) {
  const status = unlessGone(() => readFileSync(`/proc/${pid}/status`, 'utf8')) ?? ''
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024
}

/** Files and processes may be gone by the time that they are looked at. */
function unlessGone(look) {
  try {
    return look()
  } catch {
    return undefined
  }
}

import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'
import { openPipe } from './pipe.ts'
import { until } from './until.ts'

export const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))

/** What the gateway writes: any fields, of which some have a type that tests rely on. */
export interface LogLine {
  readonly time?: number
  readonly port?: number
  readonly attempts?: number
  readonly durationMs?: number
  readonly upstreamMs?: number
  readonly reason?: string
  readonly err?: { readonly stack: string }
  readonly [field: string]: unknown
}

export interface GatewayOptions {
  /** For a static file: instances by service. Without it the YAML names a registry. */
  readonly services?: Readonly<Record<string, readonly unknown[]>>
  /** More files beside the YAML. */
  readonly files?: Readonly<Record<string, string>>
  /** What its standard output is: a socket by default, as other Nodes make it; a shell or a container engine makes a pipe. */
  readonly stdout?: 'socket' | 'pipe'
  /** A program, with arguments, that runs Node. */
  readonly under?: readonly string[]
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Many may start at once, on few cores. */
const START_MS = 60_000

/** A gateway of its own, as a process, on loopback. It ends with this process at the latest. */
export class GatewayProcess {
  readonly folder: string
  readonly logs: LogLine[] = []
  readonly exit: Promise<Exit>
  stderr = ''
  readonly #child: ChildProcess
  readonly #stdout: Readable

  constructor(folder: string, { stdout = 'socket', under = [] }: Pick<GatewayOptions, 'stdout' | 'under'> = {}) {
    this.folder = folder
    const pipe = stdout === 'pipe' ? openPipe(join(folder, 'stdout')) : undefined
    const stdio: StdioOptions = ['pipe', pipe?.writer ?? 'pipe', 'pipe']
    const [program, ...args] = [...under, process.execPath, MAIN, 'run', join(folder, 'gateway.yaml')]
    const child = spawn(program!, args, { cwd: folder, stdio })
    if (pipe) closeSync(pipe.writer)
    this.#child = child
    this.#stdout = child.stdout ?? new Socket({ fd: pipe!.reader, readable: true, writable: false })
    createInterface({ input: this.#stdout }).on('line', (line) => this.logs.push(parsed(line)))
    child.stderr!.setEncoding('utf8').on('data', (text) => {
      this.stderr += text
    })
    this.exit = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })))
    running.set(child, folder)
    child.once('close', () => running.delete(child))
  }

  get pid(): number {
    return this.#child.pid!
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  get port(): number {
    return this.line('the gateway listens')!.port!
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get adminUrl(): string {
    return `http://127.0.0.1:${this.line('the admin port listens')!.port}`
  }

  get access(): LogLine[] {
    return this.logs.filter(({ type }) => type === 'access')
  }

  line(msg: string): LogLine | undefined {
    return this.logs.find((line) => line.msg === msg)
  }

  /** Waits for a line: the log is written in chunks. */
  logged(what: string, matches: (line: LogLine) => boolean): Promise<LogLine> {
    return until(`a log line: ${what}`, () => this.logs.find(matches))
  }

  /** The access line of the request with this id. */
  accessOf(requestId: string): Promise<LogLine> {
    return this.logged(`access of ${requestId}`, (line) => line.type === 'access' && line.requestId === requestId)
  }

  async admin(path: string): Promise<{ status: number; text: string }> {
    const response = await fetch(this.adminUrl + path)
    return { status: response.status, text: await response.text() }
  }

  /** The sum over all samples of a metric whose labels contain `labels`. */
  async metric(name: string, labels = ''): Promise<number> {
    const { text } = await this.admin('/metrics')
    const samples = text.split('\n').filter((line) => /^[\w:]+/.exec(line)?.[0] === name && line.includes(labels))
    return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
  }

  ready(): Promise<unknown> {
    const asked = async () => (await this.admin('/readyz')).status === 200
    // A kept connection may be closed just when it is used.
    return until('/readyz answers 200', () => asked().catch(() => !this.running), START_MS)
  }

  /** The processes that serve. */
  async workers(): Promise<number[]> {
    const text = await readFile(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8')
    return text.trim().split(' ').filter(Boolean).map(Number)
  }

  /** Closes the reading end of its standard output. */
  stopReading(): void {
    this.#stdout.destroy()
  }

  /** Reads no more of its standard output until `resumeReading`. */
  pauseReading(): void {
    this.#stdout.pause()
  }

  resumeReading(): void {
    this.#stdout.resume()
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** SIGTERM, and the wait for the end. */
  stop(): Promise<Exit> {
    this.signal('SIGTERM')
    return this.exit
  }

  /** SIGKILL: nothing is left of it afterwards. */
  async kill(): Promise<void> {
    if (this.running) this.signal('SIGKILL')
    await this.exit
  }

  /** SIGKILL, and its folder goes too. */
  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }

  async write(file: string, text: string): Promise<void> {
    await writeFile(join(this.folder, file), text)
  }

  /** Waits until it listens; `ready`: until it also has all it needs. */
  async listening(ready = false): Promise<void> {
    await until(
      'the gateway listens',
      () => {
        if (!this.running) throw new Error(`the gateway ended: ${this.stderr}`)
        return this.line('the admin port listens')
      },
      START_MS,
    )
    if (ready) await this.ready()
  }
}

/** Runs YAML text, with free ports, one process and a static file where the text does not say otherwise. */
export function spawnGateway(yaml: string, { services, files = {}, ...how }: GatewayOptions = {}): GatewayProcess {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-'))
  const all: Record<string, string> = { ...files, 'gateway.yaml': complete(yaml) }
  if (services) all['services.yaml'] = stringify({ services })
  for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text)
  return new GatewayProcess(folder, how)
}

function complete(yaml: string): string {
  const { server, admin, registry, ...rest } = parse(yaml) ?? {}
  return stringify({
    registry: registry ?? { type: 'static-file', options: { path: 'services.yaml' } },
    server: { host: '127.0.0.1', port: 0, workers: 0, ...server },
    admin: { port: 0, ...admin },
    ...rest,
  })
}

const running = new Map<ChildProcess, string>()
// When the run itself is stopped there are no hooks.
process.once('exit', () => {
  for (const [child, folder] of running) {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
})

function parsed(line: string): LogLine {
  try {
    return JSON.parse(line)
  } catch {
    return { text: line }
  }
}

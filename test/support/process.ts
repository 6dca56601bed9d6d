import { type ChildProcess, spawn } from 'node:child_process'

/** A server program of a test's own: it ends with the test run at the latest, and its folder is the test's to remove. */
export class Program {
  readonly #command: string
  readonly #args: readonly string[]
  #child: ChildProcess | undefined
  #said = ''

  constructor(command: string, args: readonly string[]) {
    this.#command = command
    this.#args = args
  }

  start(): void {
    const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } // where not everybody looks
    const child = spawn(this.#command, this.#args, { stdio: ['ignore', 'pipe', 'pipe'], env })
    this.#child = child
    this.#said = ''
    const keep = (text: string) => {
      this.#said = (this.#said + text).slice(-4000)
    }
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', keep)
    child.on('error', (error) => keep(error.message))
    running.add(child)
    child.once('close', () => running.delete(child))
  }

  get ended(): boolean {
    return !this.#child || this.#child.exitCode !== null || this.#child.signalCode !== null || !this.#child.pid
  }

  get pid(): number {
    return this.#child!.pid!
  }

  /** The end of what it has written. */
  get said(): string {
    return this.#said
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  /** SIGKILL, also when it has been stopped. */
  kill(): Promise<void> {
    return this.#endBy('SIGKILL')
  }

  /** SIGTERM: of those that have processes of their own to end. */
  terminate(): Promise<void> {
    return this.#endBy('SIGTERM')
  }

  async #endBy(signal: NodeJS.Signals): Promise<void> {
    if (this.ended) return
    const gone = new Promise((resolve) => this.#child!.once('exit', resolve))
    this.signal(signal)
    await gone
  }
}

const running = new Set<ChildProcess>()
// When the run itself is stopped there are no hooks.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

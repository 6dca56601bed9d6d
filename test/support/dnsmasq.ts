import { Resolver } from 'node:dns/promises'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from './ports.ts'
import { Program } from './process.ts'
import { until } from './until.ts'

const ATTEMPTS = 5

/** Debian's `dnsmasq-base` on loopback, which knows what the lines of its configuration say, and asks nobody. */
export class Dnsmasq {
  readonly port: number
  readonly #directory: string
  readonly #program: Program

  private constructor(directory: string, port: number) {
    this.#directory = directory
    this.port = port
    this.#program = new Program('dnsmasq', ['--keep-in-foreground', `--conf-file=${join(directory, 'dnsmasq.conf')}`])
  }

  /** @param lines such as `host-record=a.test,10.0.0.1` */
  static async start(lines: readonly string[]): Promise<Dnsmasq> {
    for (let attempt = 1; ; attempt++)
      try {
        // Free for TCP a moment ago; whether for UDP as well, which it needs too, it says itself.
        const [port] = await freePorts(1)
        const dnsmasq = new Dnsmasq(await mkdtemp(join(tmpdir(), 'dnsmasq-')), port!)
        await dnsmasq.#start(lines)
        return dnsmasq
      } catch (error) {
        if (attempt === ATTEMPTS || !/already in use/.test((error as Error).message)) throw error
      }
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  async kill(): Promise<void> {
    await this.#program.kill()
    await rm(this.#directory, { recursive: true, force: true })
  }

  async #start(lines: readonly string[]): Promise<void> {
    const own = [
      ...['no-resolv', 'no-hosts', 'no-daemon', 'bind-interfaces', 'user=', 'group=', 'pid-file='],
      // What is not there is said not to be, rather than refused.
      ...[`port=${this.port}`, 'listen-address=127.0.0.1', 'local=/test/', 'host-record=ready.test,127.0.0.1'],
    ]
    await writeFile(join(this.#directory, 'dnsmasq.conf'), [...own, ...lines, ''].join('\n'))
    this.#program.start()
    const resolver = new Resolver({ timeout: 100, tries: 1 })
    resolver.setServers([this.address])
    try {
      await until(`dnsmasq answers on ${this.address}`, async () => {
        if (this.#program.ended)
          throw new Error(`dnsmasq ended before it answered (Debian's dnsmasq-base): ${this.#program.said}`)
        return (await resolver.resolve4('ready.test').catch(() => [])).length > 0
      })
    } catch (error) {
      await this.kill()
      throw error
    }
  }
}

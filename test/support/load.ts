import { Agent } from 'node:http'
import { onTestFinished } from 'vitest'
import { call, type Reply } from './call.ts'

export interface Tally {
  readonly replies: Reply[]
  /** By code of the system, such as ECONNRESET. */
  readonly errors: string[]
}

/**
 * Clients that ask one after the other, each over a connection that it keeps or over a new one each time, until stopped.
 * One that keeps its connection goes for good when it is asked to close it, as a balancer does.
 */
export class Load {
  readonly tally: Tally = { replies: [], errors: [] }
  readonly #url: string
  readonly #agents: Agent[] = []
  readonly #clients: Promise<void>[] = []
  #stopped = false

  /** @param url of what is asked for */
  constructor(url: string, { kept = 0, fresh = 0 }: { kept?: number; fresh?: number }) {
    this.#url = url
    for (let i = 0; i < kept; i++) {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      this.#agents.push(agent)
      this.#clients.push(this.#client(agent))
    }
    for (let i = 0; i < fresh; i++) this.#clients.push(this.#client())
    onTestFinished(() => void this.stop())
  }

  get answered(): number {
    return this.tally.replies.length
  }

  /** Those that are not a 200. */
  get wrong(): number[] {
    return this.tally.replies.map(({ status }) => status).filter((status) => status !== 200)
  }

  /** Resolves when all clients have gone of themselves. */
  async gone(): Promise<void> {
    await Promise.all(this.#clients)
  }

  /** Lets running requests end. */
  async stop(): Promise<Tally> {
    this.#stopped = true
    await Promise.all(this.#clients)
    for (const agent of this.#agents) agent.destroy()
    return this.tally
  }

  async #client(agent?: Agent): Promise<void> {
    while (!this.#stopped) {
      try {
        const reply = await call(this.#url, agent ? { agent } : {})
        this.tally.replies.push(reply)
        if (agent && reply.headers.connection === 'close') return
      } catch (error) {
        const { code = '', message } = error as NodeJS.ErrnoException
        this.tally.errors.push(code || message)
      }
    }
  }
}

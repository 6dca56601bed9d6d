import { Agent } from 'node:http'
import { call, type Reply } from './call.ts'

export interface Tally {
  readonly replies: Reply[]
  /** By code of the system, such as ECONNRESET. */
  readonly errors: string[]
}

/** Clients that ask one after the other, each over a connection that it keeps or over a new one each time, until stopped. */
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
  }

  get answered(): number {
    return this.tally.replies.length
  }

  /** Those that are not a 200. */
  get wrong(): number[] {
    return this.tally.replies.map(({ status }) => status).filter((status) => status !== 200)
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
        this.tally.replies.push(await call(this.#url, agent ? { agent } : {}))
      } catch (error) {
        const { code = '', message } = error as NodeJS.ErrnoException
        this.tally.errors.push(code || message)
        if (code === 'ECONNREFUSED') await new Promise((later) => setTimeout(later, 20))
      }
    }
  }
}

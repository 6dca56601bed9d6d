import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** `well` takes 5 ms, `slowly` 20 times as long, `failing` answers 500, `silent` accepts and never answers. */
export type Behaviour = 'well' | 'slowly' | 'failing' | 'silent'

export interface Place {
  /** As in a configuration. */
  readonly registry: object
  readonly service: string
}

const PROGRAM = fileURLToPath(new URL('./provider.mjs', import.meta.url))

/** An instance of a service as a process of its own, which registers itself. Gone with the test. */
export class Provider {
  readonly #place: Place
  #child!: ChildProcess
  #exit!: Promise<number | null>
  /** Where it listens, and its id in the registry. */
  id = ''

  private constructor(place: Place) {
    this.#place = place
  }

  /** Resolves once it is registered. */
  static async start(place: Place, behaviour: Behaviour = 'well'): Promise<Provider> {
    const provider = new Provider(place)
    onTestFinished(() => provider.kill())
    await provider.#launch(0, behaviour)
    return provider
  }

  /** SIGKILL: nobody takes its registration back. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exit
  }

  /** SIGTERM, the end of what it has begun, and another process at the same address. */
  async restart(): Promise<void> {
    this.#child.kill('SIGTERM')
    const code = await this.#exit
    if (code !== 0) throw new Error(`${this.id} ended with ${code} when it should have drained`)
    await this.startAgain()
  }

  /** Another process at the same address: this one has ended. */
  async startAgain(): Promise<void> {
    await this.#launch(Number(this.id.slice(this.id.indexOf(':') + 1)), 'well')
  }

  async #launch(port: number, behaviour: Behaviour): Promise<void> {
    const child = fork(PROGRAM, [JSON.stringify({ ...this.#place, port, behaviour })])
    this.#child = child
    this.#exit = new Promise((resolve) => child.once('exit', resolve))
    this.id = (await this.#told<{ id: string }>()).id
  }

  #told<Message>(): Promise<Message> {
    const gone = this.#exit.then((code) => {
      throw new Error(`the instance ${this.id} of ${this.#place.service} ended with ${code}`)
    })
    return Promise.race([new Promise<Message>((resolve) => this.#child.once('message', resolve as () => void)), gone])
  }
}

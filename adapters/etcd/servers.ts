import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { PluginContext } from '../../src/plugin/index.ts'
import { Client, type ClientOptions, Refused } from './client.ts'
import type { Options } from './options.ts'

/** The endpoints, each as good as the others. */
export class Servers {
  readonly #options: Options
  readonly #context: PluginContext
  #turn: number

  constructor(options: Options, context: PluginContext) {
    this.#options = options
    this.#context = context
    this.#turn = Math.floor(context.random() * options.endpoints.length) // gateways need not all ask the same one first
  }

  /**
   * What `use` makes of the first server that it does not fail with. Each is tried once, from where the last call left off.
   * The client lives on until `signal` aborts.
   *
   * @throws Error that says what is wrong with each server; Refused when all decline
   */
  async reach<Result>(signal: AbortSignal, use: (client: Client) => Promise<Result>): Promise<Result> {
    const options = await this.#clientOptions()
    const failures: Error[] = []
    for (const _ of this.#options.endpoints) {
      const { endpoints } = this.#options
      const client = new Client(endpoints[this.#turn++ % endpoints.length]!, options, signal)
      try {
        return await use(client)
      } catch (error) {
        client.close()
        signal.throwIfAborted()
        failures.push(error as Error)
      }
    }
    const Kind = failures.every((failure) => failure instanceof Refused) ? Refused : Error
    throw new Kind(failures.map(({ message }) => message).join('; '))
  }

  /** Files are read anew each time: certificates are replaced while we run. */
  async #clientOptions(): Promise<ClientOptions> {
    const { user, password, connectTimeout, requestTimeout, tls } = this.#options
    const file = async (path: string | undefined) => path && readFile(resolve(this.#context.directory, path))
    const [ca, cert, key] = await Promise.all([tls.ca, tls.cert, tls.key].map(file))
    const { serverName } = tls
    const given = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
    return {
      user,
      password,
      connectTimeoutMs: connectTimeout,
      requestTimeoutMs: requestTimeout,
      tls: { ...given, ...(serverName !== undefined && { servername: serverName }) },
    }
  }
}

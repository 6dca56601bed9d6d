import { once } from 'node:events'
import { ACL, type Client, createClient, Id, Permission } from 'node-zookeeper-client'

const AT_ONCE = 500

/** Writes what would take long node by node, and what a provider could not: in transactions, with data of any length. */
export class Bulk {
  readonly #client: Client

  private constructor(client: Client) {
    this.#client = client
  }

  static async open(address: string): Promise<Bulk> {
    const client = createClient(address, { sessionTimeout: 30_000 })
    const connected = once(client, 'connected', { signal: AbortSignal.timeout(10_000) })
    client.connect()
    await connected
    return new Bulk(client)
  }

  /** Parents before their children. */
  create(paths: Iterable<string>, data: (path: string) => string | Buffer = () => ''): Promise<void> {
    return this.#inTransactions(paths, (transaction, path) => transaction.create(path, Buffer.from(data(path))))
  }

  /** Children before their parents. */
  remove(paths: Iterable<string>): Promise<void> {
    return this.#inTransactions(paths, (transaction, path) => transaction.remove(path))
  }

  /** Lets everybody read what nobody could. */
  open(path: string): Promise<void> {
    const anybody = [new ACL(Permission.ALL, new Id('world', 'anyone'))]
    return new Promise((resolve, reject) =>
      this.#client.setACL(path, anybody, (error) => (error ? reject(error) : resolve())),
    )
  }

  close(): void {
    this.#client.close()
  }

  async #inTransactions(
    paths: Iterable<string>,
    step: (transaction: ReturnType<Client['transaction']>, path: string) => void,
  ): Promise<void> {
    const all = [...paths]
    for (let start = 0; start < all.length; start += AT_ONCE) {
      const transaction = this.#client.transaction()
      for (const path of all.slice(start, start + AT_ONCE)) step(transaction, path)
      await new Promise<void>((resolve, reject) =>
        transaction.commit((error: unknown) => (error ? reject(error) : resolve())),
      )
    }
  }
}

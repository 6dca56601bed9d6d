import { once } from 'node:events'
import { ACL, type Client, CreateMode, createClient, Exception, Id, Permission } from 'node-zookeeper-client'
import { type OwnedClient, silence } from '../../adapters/zookeeper/client.ts'

type Done<Result> = (error: unknown, result: Result) => void

/** What a provider does, as promises: for tests only, on a server that answers. */
export class Writer {
  readonly #client: Client

  private constructor(client: Client) {
    this.#client = client
  }

  static async open(address: string, sessionTimeoutMs = 10_000): Promise<Writer> {
    const client = createClient(address, { sessionTimeout: sessionTimeoutMs })
    const writer = new Writer(client)
    const connected = once(client, 'connected', { signal: AbortSignal.timeout(10_000) })
    client.connect()
    await connected.catch((error) => {
      writer.abandon()
      throw error
    })
    return writer
  }

  /** Shows what it may do; the server does not say whether it takes a digest. */
  authenticate(user: string, password: string): void {
    this.#client.addAuthInfo('digest', Buffer.from(`${user}:${password}`))
  }

  /** Persistent, with the parents it lacks. */
  async create(path: string, data?: Buffer | string): Promise<void> {
    await this.#parents(path)
    await promised<string>((done) => this.#client.create(path, bytes(data), done))
  }

  /** Lives as long as this writer's session. */
  async createEphemeral(path: string, data?: Buffer | string): Promise<void> {
    await this.#parents(path)
    await promised<string>((done) => this.#client.create(path, bytes(data), CreateMode.EPHEMERAL, done))
  }

  /** Persistent, with null for data, which is neither absent nor empty. */
  async createNull(path: string): Promise<void> {
    await this.#parents(path)
    await promised<string>((done) => this.#client.create(path, done))
  }

  /** A node that nobody may read; this writer may remove it. */
  async createUnreadable(path: string): Promise<void> {
    await this.#parents(path)
    const acl = [new ACL(Permission.ALL & ~Permission.READ, new Id('world', 'anyone'))]
    await promised<string>((done) => this.#client.create(path, acl, done))
  }

  /** A node for those alone who authenticate as this writer has. */
  async createPrivate(path: string, data?: Buffer | string): Promise<void> {
    await this.#parents(path)
    const acl = [new ACL(Permission.ALL, new Id('auth', ''))]
    await promised<string>((done) => this.#client.create(path, bytes(data), acl, done))
  }

  /** A node below which this and all others may only read; the writer may remove it. */
  async createReadOnly(path: string): Promise<void> {
    await this.#parents(path)
    const acl = [new ACL(Permission.READ, new Id('world', 'anyone'))]
    await promised<string>((done) => this.#client.create(path, acl, done))
  }

  /** `undefined` when there is no such node. `owner`: the session it lives with, in hexadecimal; zeros for none. */
  async read(path: string): Promise<{ data: string; owner: string; createdIn: string } | undefined> {
    try {
      return await promised((done) =>
        this.#client.getData(path, (error, data, stat) =>
          done(
            error,
            stat && { data: String(data ?? ''), owner: hex(stat.ephemeralOwner), createdIn: hex(stat.czxid) },
          ),
        ),
      )
    } catch (error) {
      if ((error as Exception).code === Exception.NO_NODE) return undefined
      throw error
    }
  }

  async set(path: string, data: Buffer | string): Promise<void> {
    await promised((done) => this.#client.setData(path, bytes(data), done))
  }

  /** Creates it without parents, or gives it new data. */
  async put(path: string, data: Buffer | string): Promise<void> {
    try {
      await promised<string>((done) => this.#client.create(path, bytes(data), done))
    } catch (error) {
      if ((error as Exception).code !== Exception.NODE_EXISTS) throw error
      await this.set(path, data)
    }
  }

  async remove(path: string): Promise<void> {
    await promised<void>((done) => this.#client.remove(path, (error) => done(error, undefined)))
  }

  /** Deletes it and creates it anew, persistent, at once. */
  async replace(path: string, data: Buffer | string): Promise<void> {
    const transaction = this.#client.transaction().remove(path).create(path, bytes(data))
    await promised<void>((done) => transaction.commit((error) => done(error, undefined)))
  }

  /** All at once: nobody can put anything between. */
  async removeTogether(...paths: readonly string[]): Promise<void> {
    const transaction = this.#client.transaction()
    for (const path of paths) transaction.remove(path)
    await promised<void>((done) => transaction.commit((error) => done(error, undefined)))
  }

  /** The node and all below it; not there is fine. */
  async removeTree(path: string): Promise<void> {
    const names = await this.children(path)
    if (!names) return
    await Promise.all(names.map((name) => this.removeTree(`${path}/${name}`)))
    await this.remove(path)
  }

  /** `undefined` when there is no such node. */
  async children(path: string): Promise<string[] | undefined> {
    try {
      return await promised<string[]>((done) => this.#client.getChildren(path, done))
    } catch (error) {
      if ((error as Exception).code === Exception.NO_NODE) return undefined
      throw error
    }
  }

  async close(): Promise<void> {
    const closed = once(this.#client, 'disconnected', { signal: AbortSignal.timeout(2000) }).catch(() => {})
    this.#client.close()
    await closed
  }

  /** At once and without a word to the server, which keeps the session until it expires. */
  abandon(): void {
    const client = this.#client as OwnedClient
    client.connectionManager.connect = () => {}
    silence(client)
  }

  async #parents(path: string): Promise<void> {
    const parent = path.slice(0, path.lastIndexOf('/'))
    if (parent) await promised<string>((done) => this.#client.mkdirp(parent, done))
  }
}

const hex = (bytes: Buffer) => bytes.toString('hex')
const bytes = (data: Buffer | string = '') => Buffer.from(data)

function promised<Result>(call: (done: Done<Result>) => void): Promise<Result> {
  return new Promise((resolve, reject) => call((error, result) => (error ? reject(error) : resolve(result))))
}

import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

interface Pair {
  readonly client: Socket
  upstream?: Socket
}

/** A TCP proxy on loopback that fails on demand, so that faults can be had from any real server. */
export class FaultProxy {
  readonly #target: { host: string; port: number }
  readonly #pairs = new Set<Pair>()
  readonly #server: Server
  #frozen = false
  #allowance = Number.POSITIVE_INFINITY
  #spent: 'cut' | 'freeze' = 'cut'
  #port = 0
  /** The first that a server said in the latest connection. */
  opening: Buffer | undefined

  private constructor(target: string) {
    const colon = target.lastIndexOf(':')
    this.#target = { host: target.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(target.slice(colon + 1)) }
    this.#server = createServer((client) => this.#accept(client))
  }

  /** @param target `host:port` */
  static async open(target: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(target)
    await proxy.accept()
    return proxy
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`
  }

  /** Clients connected at this moment. */
  get connections(): number {
    return this.#pairs.size
  }

  /** Breaks every connection; new ones are accepted. */
  cut(): void {
    for (const pair of [...this.#pairs]) this.#end(pair)
  }

  /** Keeps and accepts connections but passes nothing: a hung server. */
  freeze(): void {
    this.#frozen = true
    for (const { client, upstream } of this.#pairs) for (const socket of [client, upstream]) socket?.pause()
  }

  /** Passes on what has come in since, and all that follows. */
  thaw(): void {
    this.#frozen = false
    for (const pair of this.#pairs) {
      this.#join(pair)
      for (const socket of [pair.client, pair.upstream]) socket?.resume()
    }
  }

  /** Passes so many more bytes to clients, then breaks every connection, once. */
  cutAfter(bytes: number): void {
    this.#allowance = bytes
    this.#spent = 'cut'
  }

  /** Passes so many more bytes to clients, then hangs. */
  freezeAfter(bytes: number): void {
    this.#allowance = bytes
    this.#spent = 'freeze'
  }

  /** Breaks every connection and accepts none. */
  async refuse(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.cut()
    await closed
  }

  /** Listens, on the same port as before. */
  async accept(): Promise<void> {
    if (this.#server.listening) return
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as AddressInfo).port
  }

  close(): Promise<void> {
    return this.refuse()
  }

  #accept(client: Socket): void {
    const pair: Pair = { client }
    this.#pairs.add(pair)
    client.on('error', () => {}).on('close', () => this.#end(pair))
    if (this.#frozen) client.pause()
    else this.#join(pair)
  }

  #join(pair: Pair): void {
    if (pair.upstream) return
    const upstream = connect(this.#target)
    pair.upstream = upstream
    upstream.on('error', () => {}).on('close', () => this.#end(pair))
    upstream.once('data', (chunk) => (this.opening = chunk)).on('data', (chunk) => this.#toClient(pair, chunk))
    pair.client.on('data', (chunk) => upstream.write(chunk))
  }

  #toClient(pair: Pair, chunk: Buffer): void {
    const passed = chunk.subarray(0, this.#allowance)
    this.#allowance -= passed.length
    if (this.#allowance > 0) return void pair.client.write(passed)
    this.#allowance = Number.POSITIVE_INFINITY
    if (this.#spent === 'cut') return void pair.client.write(passed, () => this.cut())
    pair.client.write(passed)
    this.freeze()
    pair.upstream?.unshift(chunk.subarray(passed.length))
  }

  #end(pair: Pair): void {
    this.#pairs.delete(pair)
    pair.client.destroy()
    pair.upstream?.destroy()
  }
}

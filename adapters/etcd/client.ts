import { once } from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'

/** An answer by which the server declines: trying again cannot mend it. */
export class Refused extends Error {}

export interface ClientOptions {
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly connectTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly tls: Pick<https.AgentOptions, 'ca' | 'cert' | 'key' | 'servername'>
}

/** The gateway lends out its numbers and bytes as text: 64-bit integers in decimal, bytes in base64. */
export type Bytes = string

const MOST_CHARACTERS = 2 ** 28
const PROBE_MS = 5000

class HttpError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/**
 * One etcd server, by the JSON gateway that is built into it (https://etcd.io/docs/v3.4/dev-guide/api_grpc_gateway/).
 * Lives until it is closed, or `signal` aborts: then its connections are closed, and what was under way rejects.
 */
export class Client {
  readonly #endpoint: string
  readonly #options: ClientOptions
  readonly #signal: AbortSignal
  readonly #agent: http.Agent
  #token: string | undefined

  constructor(endpoint: string, options: ClientOptions, signal: AbortSignal) {
    this.#endpoint = endpoint
    this.#options = options
    this.#signal = signal
    const { Agent } = endpoint.startsWith('https:') ? https : http
    this.#agent = new Agent({ keepAlive: true, ...options.tls })
    signal.addEventListener('abort', () => this.close(), { once: true })
  }

  close(): void {
    this.#agent.destroy()
  }

  /** Asks for `path`, such as `kv/range`. A token that has expired is renewed. */
  async call<Answer>(path: string, question: object): Promise<Answer> {
    return this.#told(async () => {
      if (this.#options.user !== undefined && this.#token === undefined) await this.#authenticate()
      try {
        return await this.#ask<Answer>(path, question)
      } catch (error) {
        if (this.#token === undefined || !isOfToken(error)) throw error
        await this.#authenticate()
        return this.#ask(path, question)
      }
    })
  }

  /** Hands each message of an endless answer to `take`; rejects when it ends, `take` throws or there is no first one in time. */
  async stream<Message>(path: string, question: object, take: (message: Message) => void): Promise<never> {
    return this.#told(async () => {
      const response = await this.#withDeadline(path, question, async (head) => head)
      let rest = ''
      for await (const chunk of response) {
        const lines = checked(rest + chunk).split('\n')
        rest = lines.pop()!
        for (const line of lines) take(unwrapped<Message>(line))
      }
      throw new Error(`the answer to ${path} has ended`)
    })
  }

  async #authenticate(): Promise<void> {
    const { user: name, password } = this.#options
    this.#token = undefined
    const { token } = await this.#ask<{ token: string }>('auth/authenticate', { name, password })
    this.#token = token
  }

  #ask<Answer>(path: string, question: object): Promise<Answer> {
    return this.#withDeadline(path, question, async (response) => JSON.parse(await textOf(response)))
  }

  async #withDeadline<Result>(
    path: string,
    question: object,
    read: (response: http.IncomingMessage) => Promise<Result>,
  ): Promise<Result> {
    this.#signal.throwIfAborted()
    const { requestTimeoutMs } = this.#options
    const sent = this.#send(path, question)
    let late: Error | undefined
    const timer = setTimeout(() => {
      late = new Error(`no answer to ${path} within ${requestTimeoutMs} ms`)
      sent.destroy(late)
    }, requestTimeoutMs)
    try {
      const [response] = (await once(sent, 'response')) as [http.IncomingMessage]
      response.setEncoding('utf8')
      if (response.statusCode !== 200) throw failure(response.statusCode!, await textOf(response))
      return await read(response)
    } catch (error) {
      throw late ?? error // for what broke off in the middle of an answer does not know why
    } finally {
      clearTimeout(timer)
    }
  }

  #send(path: string, question: object): http.ClientRequest {
    const { request } = this.#endpoint.startsWith('https:') ? https : http
    const headers = {
      'content-type': 'application/json',
      // A member that has lost its leader would keep a watch open, and silent.
      'grpc-metadata-hasleader': 'true',
      ...(this.#token !== undefined && { authorization: this.#token }),
    }
    const sent = request(`${this.#endpoint}/v3/${path}`, { method: 'POST', agent: this.#agent, headers })
    sent
      .on('error', () => {})
      .once('socket', (socket) => {
        socket.setKeepAlive(true, PROBE_MS)
        if (!socket.connecting) return
        const { connectTimeoutMs } = this.#options
        const late = () => sent.destroy(new Error(`no connection within ${connectTimeoutMs} ms`))
        const timer = setTimeout(late, connectTimeoutMs)
        for (const event of ['encrypted' in socket ? 'secureConnect' : 'connect', 'close'])
          socket.once(event, () => clearTimeout(timer))
      })
    return sent.end(JSON.stringify(question))
  }

  /** With the endpoint in each error. */
  async #told<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (cause) {
      const { message, code, status } = cause as Error & { code?: string; status?: number }
      const what = code === 'ECONNRESET' ? 'the connection broke' : message || code
      throw new (isFinal(status) ? Refused : Error)(`etcd ${this.#endpoint}: ${what}`, { cause })
    }
  }
}

/** Of a stream, each line is a result or an error. */
function unwrapped<Message>(line: string): Message {
  const { result, error } = JSON.parse(line)
  if (error) throw new Error(error.message)
  return result
}

function failure(status: number, text: string): HttpError {
  try {
    return new HttpError(status, JSON.parse(text).message)
  } catch {
    const hint = status === 404 ? '; is enable-grpc-gateway on?' : ''
    return new HttpError(status, `the answer is ${status} ${JSON.stringify(text.trim().slice(0, 100))}${hint}`)
  }
}

// Simple tokens end after five minutes without use, others when they say, and all when users or roles have changed.
const isOfToken = (error: unknown) =>
  (error as HttpError).status === 401 || /auth store is old/.test((error as Error).message)

const isFinal = (status = 0) => status === 400 || status === 401 || status === 403

async function textOf(response: http.IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response) text = checked(text + chunk)
  return text
}

function checked(text: string): string {
  if (text.length > MOST_CHARACTERS) throw new Error(`an answer is longer than ${MOST_CHARACTERS} characters`)
  return text
}

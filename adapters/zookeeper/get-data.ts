import { Exception } from 'node-zookeeper-client'
import type { Manager, OwnedClient } from './client.ts'
import type { Watcher } from './watches.ts'

/**
 * Reading a znode, which is nearly all that a gateway asks: written and read here as the protocol has it. The library makes
 * a record of each part of question and answer, with a buffer for each number of 64 bits, and a loop of tries around it.
 *
 * `GetDataRequest`, `GetDataResponse` and `Stat` are those of zookeeper.jute in ZooKeeper's sources.
 * @module
 */

// Its types lack this one.
const { create: exceptionOf } = Exception as unknown as { create(code: number): Error }

const GET_DATA = 4
/** Length, xid, zxid and error code of an answer. */
const [XID, ZXID, ERROR, BODY] = [4, 8, 16, 20]
/** In a `Stat`. */
const [CTIME, OWNER, CHILDREN, STAT_BYTES] = [16, 44, 56, 68]

/** What a znode was when it was read. Not to be kept: it holds on to what was received with it. */
export class Znode {
  /** `undefined` for null, which is neither absent nor empty. */
  readonly data: Buffer | undefined
  readonly #stat: Buffer

  /** @throws RangeError when the frame is no answer of this kind */
  constructor(frame: Buffer) {
    const length = frame.readInt32BE(BODY)
    const end = BODY + 4 + Math.max(0, length)
    if (frame.length !== end + STAT_BYTES) throw new RangeError(`${frame.length} bytes are no znode`)
    this.data = length < 0 ? undefined : frame.subarray(BODY + 4, end)
    this.#stat = frame.subarray(end)
  }

  /** Epoch milliseconds. */
  get createdAt(): number {
    return Number(this.#stat.readBigInt64BE(CTIME))
  }

  /** The session that it lives with, in hexadecimal; `undefined`: it stays. */
  get owner(): string | undefined {
    return this.isEphemeral ? this.#stat.toString('hex', OWNER, OWNER + 8) : undefined
  }

  get isEphemeral(): boolean {
    return this.#stat.readBigInt64BE(OWNER) !== 0n
  }

  get children(): number {
    return this.#stat.readInt32BE(CHILDREN)
  }
}

/** As the library's queue wants its requests: it writes the xid. */
class GetData {
  readonly header = { type: GET_DATA, xid: 0 }
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  toBuffer(): Buffer {
    const length = Buffer.byteLength(this.#path)
    const frame = Buffer.allocUnsafe(length + 17)
    frame.writeInt32BE(length + 13, 0)
    frame.writeInt32BE(this.header.xid, 4)
    frame.writeInt32BE(GET_DATA, 8)
    frame.writeInt32BE(length, 12)
    frame.write(this.#path, 16)
    frame[length + 16] = 1 // and leave a watch
    return frame
  }
}

/** @param path absolute, without an empty step in it */
export function getData(
  { connectionManager: manager }: OwnedClient,
  path: string,
  watcher: Watcher,
  done: (error: unknown, node: Znode | undefined) => void,
): void {
  manager.queue(new GetData(path), (error, node) => {
    if (!error) manager.watcherManager.registerDataWatcher(path, watcher)
    done(error, node as Znode | undefined)
  })
}

/**
 * Hands on the answer to a `GetData`. All other frames are the library's.
 *
 * @returns whether it was one
 * @throws Error as the library does, for an error code that it does not know and for what cannot be understood
 */
export function answered(manager: Manager, frame: Buffer): boolean {
  const [asked] = manager.pendingQueue
  if (!(asked?.request instanceof GetData) || frame.length < BODY) return false
  if (frame.readInt32BE(XID) !== asked.request.header.xid) return false
  manager.pendingQueue.shift()
  manager.zxid = frame.subarray(ZXID, ERROR)
  const code = frame.readInt32BE(ERROR)
  if (code === 0) asked.callback(null, new Znode(frame))
  else asked.callback(exceptionOf(code))
  return true
}

import { mulberry32 } from '../../contract/index.ts'
import { request } from '../../support/http2-client.ts'
import {
  block,
  CODE,
  data,
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  goaway,
  headers,
  reset,
  settings,
  uint32,
} from '../../support/http2-frames.ts'

const PATHS = [
  '/services/echo/',
  '/services/echo/?size=200000',
  '/services/echo/?breaks',
  '/services/echo/?early',
  '/none',
]
const CODES = Object.values(CODE)
const [WINDOW_SETTING, LARGEST_WINDOW] = [4, 65_535]

/** How often each is said. */
const KINDS = {
  get: 35,
  post: 15,
  data: 20,
  reset: 15,
  window: 5,
  trailers: 3,
  settings: 3,
  ping: 2,
  goaway: 1,
  nonsense: 1,
} as const
const LOTS = Object.entries(KINDS).flatMap(([kind, times]) => Array<string>(times).fill(kind)) as (keyof typeof KINDS)[]

/** What clients of HTTP/2 say that keep no order: frames of all kinds, on streams that are new, open, closed or not there yet. */
export class AnyFrames {
  readonly #random: () => number
  #next = 1

  constructor(seed: number) {
    this.#random = mulberry32(seed)
  }

  /** What is written at once. */
  some(): Buffer {
    const count = 1 + this.#below(this.chance(10) ? 300 : 30)
    return Buffer.concat(Array.from({ length: count }, () => this.#one(this.#pick(LOTS))))
  }

  chance(percent: number): boolean {
    return this.#below(100) < percent
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  #pick<Item>(list: readonly Item[]): Item {
    return list[this.#below(list.length)]!
  }

  #one(kind: keyof typeof KINDS): Buffer {
    const stream = 1 + 2 * this.#below(Math.max(1, this.#next / 2))
    const uint = () => uint32(this.#pick([0, LARGEST_WINDOW, 1_000_000]))
    const made: Record<keyof typeof KINDS, () => Buffer> = {
      get: () => this.#head(END_HEADERS | END_STREAM),
      post: () => this.#head(END_HEADERS),
      data: () => data(stream, Buffer.alloc(this.#pick([0, 10, 3000])), this.chance(30) ? END_STREAM : 0),
      reset: () => reset(stream, this.#pick(CODES)),
      window: () => frame(FRAME.window, 0, this.#pick([0, stream]), uint()),
      trailers: () => frame(FRAME.headers, END_HEADERS | END_STREAM, stream, block(['x-t', 'a'])),
      settings: () => settings({ [WINDOW_SETTING]: this.#pick([0, LARGEST_WINDOW]) }),
      ping: () => frame(FRAME.ping, 0, 0, Buffer.alloc(8)),
      goaway: () => goaway(0, this.#pick(CODES)),
      nonsense: () => frame(this.#below(10), this.#below(256), stream, Buffer.alloc(this.#below(20))),
    }
    return made[kind]()
  }

  #head(flags: number): Buffer {
    const stream = this.#next
    this.#next += 2
    return headers(stream, request(this.#pick(PATHS)), flags)
  }
}

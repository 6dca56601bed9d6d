import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { Outlet } from '../../src/server/outlet.ts'
import { openPipe } from '../support/pipe.ts'
import { until } from '../support/until.ts'

const MOST_BYTES = 16 * 2 ** 20

function pipe() {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-pipe-'))
  const path = join(folder, 'pipe')
  const { reader, writer } = openPipe(path)
  onTestFinished(() => {
    closeSync(writer)
    rmSync(folder, { recursive: true })
  })
  return { path, reader, writer }
}

/** What is in the pipe, at most so much; undefined when it is empty. */
function read(reader: number, mostBytes = 2 ** 20): string | undefined {
  const buffer = Buffer.alloc(mostBytes)
  try {
    return buffer.toString('latin1', 0, readSync(reader, buffer))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined
    throw error
  }
}

/** Reads, so much at a time, until nothing is held and nothing is left. */
async function readAll(reader: number, outlet: Outlet, mostBytes?: number): Promise<string> {
  const parts: string[] = []
  await until('all is read', () => {
    const part = read(reader, mostBytes)
    if (part !== undefined) parts.push(part)
    return part === undefined && outlet.empty
  })
  return parts.join('')
}

/** Lines of so many bytes: a number, and then one letter again and again. */
const numbered = (count: number, bytes: number, letter = 'x') =>
  Array.from({ length: count }, (_, i) => `${String(i).padEnd(bytes - 1, letter)}\n`)

function give(outlet: Outlet, lines: readonly string[]): void {
  for (const line of lines) outlet.push(Buffer.from(line))
  outlet.pump()
}

it('writes at once what there is room for, and the rest in order as it is read', async () => {
  const { reader, writer } = pipe()
  const outlet = new Outlet(writer)
  const lines = numbered(1000, 400)
  give(outlet, lines.slice(0, 100))
  expect(outlet.empty).toBe(true)
  give(outlet, lines.slice(100))
  expect(outlet.empty).toBe(false)
  expect(await readAll(reader, outlet)).toBe(lines.join(''))
})

it('leaves the pipe as it is for others who write to it', () => {
  const { writer } = pipe()
  give(new Outlet(writer), numbered(1000, 400))
  const [, flags = ''] = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${writer}`, 'latin1')) ?? []
  expect(Number.parseInt(flags, 8) & constants.O_NONBLOCK).toBe(0)
})

it('keeps pieces whole beside those of others, however they are read', async () => {
  const { reader, writer } = pipe()
  const outlets = [new Outlet(writer), new Outlet(writer)] as const
  for (const [i, outlet] of outlets.entries()) give(outlet, numbered(200, outlet.pieceBytes - i, 'ab'[i]))
  const parts: string[] = []
  await until('all is read', () => {
    const part = read(reader, 5000)
    if (part !== undefined) parts.push(part)
    return part === undefined && outlets.every(({ empty }) => empty)
  })
  const found = parts.join('').split(/(?<=\n)/)
  for (const [i, letter] of ['a', 'b'].entries())
    expect(found.filter((line) => line.includes(letter))).toEqual(numbered(200, outlets[i]!.pieceBytes - i, letter))
  expect(found).toHaveLength(400)
})

it('writes a piece that is larger than what the pipe holds', async () => {
  const { reader, writer } = pipe()
  const outlet = new Outlet(writer)
  const lines = numbered(3, 200_000)
  give(outlet, lines)
  expect(await readAll(reader, outlet)).toBe(lines.join(''))
})

it('is full with 16 MiB, until half of them are read', async () => {
  const { reader, writer } = pipe()
  const outlet = new Outlet(writer)
  let bytes = 0
  for (const [line = ''] = numbered(1, 4096); !outlet.full; bytes += 4096) give(outlet, [line])
  expect(bytes).toBeGreaterThanOrEqual(MOST_BYTES)
  expect(bytes).toBeLessThan(MOST_BYTES + 2 ** 17)
  let readBytes = 0
  await until('it has room again', () => {
    readBytes += read(reader)?.length ?? 0
    return !outlet.full
  })
  expect(readBytes).toBeGreaterThan(MOST_BYTES / 2 - 2 ** 17)
})

it('tries a full pipe again in a moment, then ever more seldom, until it has taken something', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { reader, writer } = pipe()
  const outlet = new Outlet(writer)
  give(outlet, numbered(2000, 400))
  await nextTurn() // finds no room
  const msUntilWritten = () => {
    while (read(reader) !== undefined);
    for (let ms = 1; ; ms++) {
      vi.advanceTimersByTime(1)
      if (read(reader) !== undefined) return ms
    }
  }
  expect(msUntilWritten()).toBe(1)
  for (let times = 0; times < 2; times++) {
    while (read(reader) !== undefined);
    await nextTurn() // fills what has been read
    await nextTurn()
    vi.advanceTimersByTime(100) // after 1, 3, 7, 15, 25, ... 95
    expect(msUntilWritten()).toBe(5)
  }
})

it('waits for a reader that is slow', async () => {
  const { reader, writer } = pipe()
  const outlet = new Outlet(writer)
  const lines = numbered(100, 4000)
  give(outlet, lines)
  const emptied = outlet.emptied().then(() => outlet.empty)
  const text = await readAll(reader, outlet, 4096)
  expect(await emptied).toBe(true)
  expect(text).toBe(lines.join(''))
})

it('waits for no reader that has stopped, nor for one that is gone', async () => {
  const { reader, writer } = pipe()
  const outlet = new Outlet(writer)
  give(outlet, numbered(100, 4000))
  await outlet.emptied()
  expect(outlet.empty).toBe(false)
  closeSync(reader)
  let hasWaited = true
  void outlet.emptied().then(() => {
    hasWaited = false
  })
  await nextTurn()
  expect([hasWaited, outlet.empty]).toEqual([false, false])
})

it('goes on with a reader that has come back', async () => {
  const { path, reader, writer } = pipe()
  const outlet = new Outlet(writer)
  closeSync(reader)
  const lines = numbered(10, 100)
  give(outlet, lines.slice(0, 9))
  const next = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  give(outlet, lines.slice(9))
  expect(await readAll(next, outlet)).toBe(lines.join(''))
})

it('holds what a full disk does not take, and does not wait for it', async () => {
  const full = openSync('/dev/full', constants.O_WRONLY)
  onTestFinished(() => closeSync(full))
  const outlet = new Outlet(full)
  give(outlet, ['a line\n'])
  await outlet.emptied()
  expect(outlet.empty).toBe(false)
})

import { setTimeout as sleep } from 'node:timers/promises'
import { loadConfig } from '../config/index.ts'
import { type Console, ExitCode } from './console.ts'
import { openHoldings } from './holdings.ts'
import { changesBetween, describe, table } from './services-table.ts'

const LOOK_EVERY_MS = 500

export interface ServicesOptions {
  readonly json?: boolean
  readonly watch?: boolean
}

/** Prints what the registries hold, each instance with the layout it was recognised by; with `watch` also what changes, until it is stopped. */
export async function services(file: string, console: Console, { json, watch }: ServicesOptions): Promise<number> {
  const { stdout, stderr } = console
  const line = (value: unknown) => stdout.write(`${JSON.stringify(value)}\n`)
  const loaded = await loadConfig(file, console)
  try {
    const reader = await openHoldings(loaded, stderr)
    let before = await reader.read()
    json ? line(before) : stdout.write(table(before))
    while (watch) {
      await sleep(LOOK_EVERY_MS)
      const after = await reader.read()
      for (const change of changesBetween(before, after)) json ? line(change) : stdout.write(`${describe(change)}\n`)
      before = after
    }
    await reader.close()
    return ExitCode.ok
  } catch (error) {
    stderr.write(`portolan: ${(error as Error).message}\n`)
    return ExitCode.failure
  }
}

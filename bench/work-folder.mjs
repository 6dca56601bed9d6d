import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import { killAll } from './processes.mjs'

/** A folder for what is started and written; whatever ends this process, a signal too, ends all of it and removes the folder. */
export function workFolder() {
  const folder = mkdtempSync(join(os.tmpdir(), 'portolan-bench-'))
  process.once('exit', () => {
    killAll()
    rmSync(folder, { recursive: true, force: true })
  })
  for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
    process.once(signal, () => process.exit(code))
  }
  return folder
}

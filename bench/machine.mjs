import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import os from 'node:os'

const root = new URL('..', import.meta.url)

export function machine() {
  const gibibytes = Math.round(os.totalmem() / 2 ** 30)
  return `${os.cpus().length} cores, ${os.cpus()[0].model}, ${gibibytes} GiB, ${os.type()} ${os.release()}`
}

export function loadAverage() {
  return os.loadavg()[0].toFixed(2)
}

/** What is measured, and what runs it. */
export function ownVersions() {
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
  const commit = execFileSync('git', ['describe', '--always', '--dirty'], { cwd: root, encoding: 'utf8' }).trim()
  return [`portolan ${version} (${commit})`, `node ${process.versions.node}`]
}

export function commandLine(script, argv) {
  return [`npm run ${script}`, ...(argv.length > 0 ? ['--', ...argv] : [])].join(' ')
}

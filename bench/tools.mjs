import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { autocannon, wrk } from './load.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const here = fileURLToPath(new URL('.', import.meta.url))

/**
 * Sees to it that the programs which the benchmark needs are there, and installs what it may.
 * @returns the load generator
 * @throws a one-line error that says what to install
 */
export function prepareTools(say) {
  if (process.platform !== 'linux') throw new Error('the benchmark reads /proc and pins cores: it needs Linux')
  if (!has('taskset')) throw new Error('install taskset (Debian: apt-get install util-linux)')
  const wanted = { nginx: 'nginx-light', wrk: 'wrk' }
  const packages = Object.keys(wanted)
    .filter((program) => !has(program))
    .map((program) => wanted[program])
  if (packages.length > 0 && process.getuid() === 0 && has('apt-get')) aptInstall(packages, say)
  if (!has('nginx'))
    throw new Error('install nginx: it is the upstream and the yardstick (Debian: apt-get install nginx-light)')
  installPeers(say)
  if (has('wrk')) return wrk
  say('wrk is missing (Debian: apt-get install wrk): autocannon stands in for it')
  return autocannon
}

/** Compiles Portolan, so that it is never an old build that gets measured. */
export function buildPortolan(say) {
  if (!existsSync(`${root}/src/cli/main.ts`)) return
  say('building Portolan')
  quietly('npm', ['run', 'build'], { cwd: root })
}

/** `name version` of what is measured and what measures. */
export function versions(load) {
  const peers = JSON.parse(readFileSync(`${here}/package.json`, 'utf8')).dependencies
  const own = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))
  const commit = spawnSync('git', ['describe', '--always', '--dirty'], { cwd: root, encoding: 'utf8' }).stdout?.trim()
  const nginx = spawnSync('nginx', ['-v'], { encoding: 'utf8' }).stderr.match(/nginx\/(\S+)/)?.[1]
  const wrkVersion = load === wrk && spawnSync('wrk', ['-v'], { encoding: 'utf8' }).stdout.match(/wrk (\S+)/)?.[1]
  if (load === wrk) delete peers.autocannon
  return [
    `portolan ${own.version}${commit ? ` (${commit})` : ''}`,
    `node ${process.versions.node}`,
    `nginx ${nginx}`,
    ...(wrkVersion ? [`wrk ${wrkVersion}`] : []),
    ...Object.entries(peers).map(([name, version]) => `${name} ${version}`),
  ]
}

function has(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
}

function aptInstall(packages, say) {
  say(`installing ${packages.join(' ')}`)
  const policy = '/usr/sbin/policy-rc.d'
  const ours = !existsSync(policy)
  // 101 forbids services to be started: the nginx package would otherwise open port 80.
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    quietly('apt-get', ['update', '-q'], { env })
    quietly('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...packages], { env })
  } finally {
    if (ours) rmSync(policy)
  }
}

function installPeers(say) {
  const locked = readFileSync(`${here}/package-lock.json`, 'utf8')
  const stamp = `${here}/node_modules/.portolan-lock`
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === locked) return
  say('installing the peers (npm ci --prefix bench)')
  quietly('npm', ['ci', '--prefix', here, '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root })
  writeFileSync(stamp, locked)
}

/** Its output is shown only when it fails, and on stderr: stdout is for the results. */
function quietly(command, args, options) {
  try {
    execFileSync(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 26 })
  } catch (error) {
    process.stderr.write(`${error.stdout ?? ''}${error.stderr ?? ''}`)
    throw new Error(`${command} ${args.join(' ')} failed`)
  }
}

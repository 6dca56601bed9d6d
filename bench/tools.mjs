import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { autocannon, openLoop, webSockets, wrk } from './load.mjs'
import { ownVersions } from './machine.mjs'
import { has, versionOf } from './programs.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const here = fileURLToPath(new URL('.', import.meta.url))

/** Programs that are installed where that may be done, with their Debian packages; only nginx must be there. */
const programs = { nginx: 'nginx-light', wrk: 'wrk', luajit: 'luajit', haproxy: 'haproxy', caddy: 'caddy' }

/**
 * Sees to it that the programs which the benchmark needs are there, and installs what it may.
 * @returns the load generators
 * @throws a one-line error that says what to install
 */
export function prepareTools(say) {
  if (process.platform !== 'linux') throw new Error('the benchmark reads /proc and pins cores: it needs Linux')
  if (!has('taskset')) throw new Error('install taskset (Debian: apt-get install util-linux)')
  const wanted = Object.keys(programs).filter((program) => !has(program))
  if (wanted.length > 0)
    aptInstall(
      wanted.map((program) => programs[program]),
      say,
    )
  if (!has('nginx'))
    throw new Error('install nginx: it is the upstream and the yardstick (Debian: apt-get install nginx-light)')
  installPeers(say)
  if (!has('wrk')) say('wrk is missing (Debian: apt-get install wrk): autocannon stands in for it')
  return { closed: has('wrk') ? wrk : autocannon, open: openLoop, webSockets }
}

/** Compiles Portolan, so that it is never an old build that gets measured. */
export function buildPortolan(say) {
  if (!existsSync(`${root}/src/cli/main.ts`)) return
  say('building Portolan')
  quietly('npm', ['run', 'build'], { cwd: root })
}

/** `name version` of what is measured and what measures. */
export function versions({ closed }) {
  const peers = JSON.parse(readFileSync(`${here}/package.json`, 'utf8')).dependencies
  if (closed === wrk) delete peers.autocannon
  const others = {
    nginx: versionOf('nginx', '-v', /nginx\/(\S+)/),
    haproxy: versionOf('haproxy', '-v', /version (\S+)/),
    caddy: versionOf('caddy', 'version', /^(\S+)/),
    wrk: versionOf('wrk', '-v', /wrk (\S+)/),
    luajit: versionOf('luajit', '-v', /LuaJIT (\S+)/),
  }
  const named = Object.entries({ ...others, ...peers }).filter(([, version]) => version)
  return [...ownVersions(), ...named.map(([name, version]) => `${name} ${version}`)]
}

/** What cannot be installed is said, and is missing: whoever needs it says so in turn. */
function aptInstall(packages, say) {
  if (process.getuid() !== 0 || !has('apt-get')) return
  say(`installing ${packages.join(' ')}`)
  const policy = '/usr/sbin/policy-rc.d'
  const ours = !existsSync(policy)
  // 101 forbids services to be started: the nginx package would otherwise open port 80.
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    quietly('apt-get', ['update', '-q'], { env })
    quietly('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...packages], { env })
  } catch (error) {
    say(error.message)
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

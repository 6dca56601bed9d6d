import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a program gets of this process's environment: npm's and Node's own settings must not reach it. */
const environment = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production' }

const groups = new Set()

/** Starts a program on one core, in a process group of its own; what it prints goes to files in `dir`. */
export function start({ command, args, core, dir }) {
  const [stdoutPath, stderrPath] = ['stdout', 'stderr'].map((stream) =>
    join(dir, `${command.split('/').at(-1)}.${stream}`),
  )
  const [stdout, stderr] = [openSync(stdoutPath, 'w'), openSync(stderrPath, 'w')]
  const child = spawn('taskset', ['-c', String(core), command, ...args], {
    cwd: dir,
    env: environment,
    stdio: ['ignore', stdout, stderr],
    detached: true,
  })
  for (const fd of [stdout, stderr]) closeSync(fd)
  if (child.pid) groups.add(child.pid)
  return {
    pid: child.pid,
    exited: new Promise((resolve) => child.once('close', resolve).once('error', resolve)),
    hasExited: () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined,
    output: () => readFileSync(stdoutPath, 'utf8').trimEnd(),
    lastWords: () => tail(stderrPath) || tail(stdoutPath) || 'it printed nothing',
  }
}

/**
 * Asks a program to end, and kills after three seconds whatever is left of it, orphans included.
 *
 * @returns its exit code, if it has ended by itself
 */
export async function stop(running) {
  signal(running.pid, 'SIGTERM')
  const code = await Promise.race([running.exited, sleep(3000)])
  signal(-running.pid, 'SIGKILL')
  await running.exited
  groups.delete(running.pid)
  return code
}

/** Ends a program and its group at once. */
export async function kill(running) {
  signal(-running.pid, 'SIGKILL')
  await running.exited
  groups.delete(running.pid)
}

/** Ends at once everything that was started here. Synchronous: safe in an exit handler. */
export function killAll() {
  for (const group of groups) signal(-group, 'SIGKILL')
  groups.clear()
}

function signal(pid, name) {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error // ESRCH: it has ended by itself
  }
}

function tail(path) {
  return readFileSync(path, 'utf8').trim().split('\n').slice(-5).join('\n')
}

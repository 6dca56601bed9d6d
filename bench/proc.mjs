import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** Kernel ticks per second: the resolution of every CPU time in /proc, 10 ms on most machines. */
export const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** A process and all its descendants, parents first. */
export function family(pid) {
  const children = new Map()
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) && stats(Number(entry))
    if (stat) children.set(stat.parent, [...(children.get(stat.parent) ?? []), Number(entry)])
  }
  const found = [pid]
  for (const member of found) found.push(...(children.get(member) ?? []))
  return found
}

/**
 * User and system time of the whole family so far, in microseconds, ended and reaped children included:
 * a process that dies between two readings moves its time to its parent's account.
 */
export function cpuMicros(pid) {
  let ticks = 0
  for (const member of family(pid)) ticks += stats(member)?.ticks ?? 0
  return (ticks / ticksPerSecond) * 1e6
}

/** Resident memory in MiB; 0 for a process that is gone. */
export function residentMiB(pid) {
  const line = read(`/proc/${pid}/status`)?.match(/^VmRSS:\s+(\d+) kB$/m)
  return line ? Number(line[1]) / 1024 : 0
}

function stats(pid) {
  const text = read(`/proc/${pid}/stat`)
  if (!text) return undefined
  // The command name, in parentheses, may hold spaces: count fields after the last parenthesis. See proc(5).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [utime, stime, cutime, cstime] = fields.slice(11, 15).map(Number)
  return { parent: Number(fields[1]), ticks: utime + stime + cutime + cstime }
}

/** The cores that this process may run on, as in `0-3,8`. */
export function allowedCores() {
  const list = read('/proc/self/status').match(/^Cpus_allowed_list:\s+(\S+)$/m)[1]
  return list.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

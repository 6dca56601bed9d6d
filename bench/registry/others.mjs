import { readFileSync } from 'node:fs'
import { cpuMicros, ticksPerSecond } from '../proc.mjs'

/** @returns a function that says how many cores were busy since, on average, with what is none of this benchmark */
export function watchOthers() {
  const [busy, own, begunMs] = [busyMicros(), cpuMicros(process.pid), performance.now()]
  return () => {
    const micros = busyMicros() - busy - (cpuMicros(process.pid) - own)
    return Math.max(0, micros / 1000 / (performance.now() - begunMs))
  }
}

/** All cores together: all that is counted but idle and waiting for disks. See proc(5). */
function busyMicros() {
  const [user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
    .match(/^cpu +(.+)$/m)[1]
    .split(' ')
    .map(Number)
  return ((user + nice + system + irq + softirq + steal) / ticksPerSecond) * 1e6
}

import { monotonicMs } from '../clock.ts'

export interface Task {
  /** Must not throw: it runs among others, which all have the time when they began. */
  run(nowMs: number): void
}

let tasks: Task[] = []

/**
 * Runs `task` when the event loop has taken in all that has arrived, together with all others of this turn.
 *
 * What they write goes out in one burst. A peer that sleeps is woken by the first write and finds the rest when it is
 * awake; written one by one, between the work on other requests, each write would wake it again. Without load there is
 * nobody to wait for.
 */
export function atEndOfTurn(task: Task): void {
  if (tasks.push(task) === 1) setImmediate(runAll)
}

function runAll(): void {
  const due = tasks
  tasks = []
  const nowMs = monotonicMs()
  for (const task of due) task.run(nowMs)
}

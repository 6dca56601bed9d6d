/** What each process used of the CPU while `work` went on, in microseconds; how long that took; and what came of the work. */
export async function cpuDuring(processes, work) {
  const ask = () => Promise.all(processes.map((one) => one.ask('cpu')))
  const before = await ask()
  const result = await work()
  const after = await ask()
  const micros = after.map((one, at) => one.user + one.system - before[at].user - before[at].system)
  return { micros, wallMs: after[0].atMs - before[0].atMs, result }
}

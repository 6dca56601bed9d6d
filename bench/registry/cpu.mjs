/** What each process used of a core while `work` went on, as shares of 1, and what came of the work. */
export async function cpuBetween(processes, work) {
  const ask = () => Promise.all(processes.map((one) => one.ask('cpu')))
  const before = await ask()
  const result = await work()
  const after = await ask()
  const micros = after.map((one, at) => one.user + one.system - before[at].user - before[at].system)
  const shares = after.map((one, at) => micros[at] / 1000 / (one.atMs - before[at].atMs))
  return { micros, shares, result }
}

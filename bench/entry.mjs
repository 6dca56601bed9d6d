import { killAll } from './processes.mjs'

/** Progress and troubles: standard output is for results. */
export const say = (line) => process.stderr.write(`bench: ${line}\n`)

/** Runs a benchmark to its exit code; what it throws is told in a line, and nothing that it has started is left. */
export async function enter(main) {
  try {
    process.exitCode = await main(process.argv.slice(2))
  } catch (error) {
    say(error.message)
    process.exitCode = 1
  } finally {
    killAll() // a child that still runs would keep this process alive
  }
}

import type { SerializedError } from 'vitest'
import type { Reporter, TestModule } from 'vitest/node'

/**
 * Prints `N passed, N failed` alone as the very last line of the run. What failed outside of a test counts too: a
 * file that does not load, a hook, an unhandled error. A run that never came to its end has failed.
 */
export default class ClosingLine implements Reporter {
  #line = '0 passed, 1 failed'

  onInit(): void {
    process.once('exit', () => process.stdout.write(`${this.#line}\n`))
  }

  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandled: ReadonlyArray<SerializedError>): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state))
    const count = (state: string) => tests.filter((found) => found === state).length
    const suites = modules.flatMap((module) => [module, ...module.children.allSuites()])
    const failed = count('failed') + suites.filter((suite) => suite.errors().length > 0).length + unhandled.length
    // A run that found nothing to do has not passed; neither has a test that was never run.
    const skipped = count('skipped') + count('pending')
    this.#line = `${count('passed')} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`
    if (failed > 0) process.exitCode = 1
  }
}

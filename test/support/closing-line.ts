import type { SerializedError } from 'vitest'
import type { Reporter, TestModule } from 'vitest/node'

/**
 * Prints `N passed, N failed` alone as the very last line of the run. What failed outside of a test counts too: a
 * file that does not load, a hook, an unhandled error.
 */
export default class ClosingLine implements Reporter {
  #passed = 0
  #failed = 0
  #skipped = 0

  onInit(): void {
    process.once('exit', (code) => process.stdout.write(`${this.#line(code)}\n`))
  }

  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandled: ReadonlyArray<SerializedError>): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state))
    const count = (state: string) => tests.filter((found) => found === state).length
    const suites = modules.flatMap((module) => [module, ...module.children.allSuites()])
    this.#passed = count('passed')
    this.#failed = count('failed') + suites.filter((suite) => suite.errors().length > 0).length + unhandled.length
    this.#skipped = count('skipped') + count('pending')
    if (this.#failed > 0) process.exitCode = 1
  }

  #line(code: number): string {
    // Whatever else the run came to nothing by (no server to test with, no test found) is one failure.
    const failed = code === 0 ? this.#failed : Math.max(this.#failed, 1)
    return `${this.#passed} passed, ${failed} failed${this.#skipped ? `, ${this.#skipped} skipped` : ''}`
  }
}

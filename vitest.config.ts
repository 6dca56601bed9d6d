import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  // The examples import the package by its name: in tests that is the source, not the last build.
  resolve: {
    alias: {
      'portolan/plugin': here('src/plugin/index.ts'),
      'portolan/testing': here('test/contract/index.ts'),
      portolan: here('src/index.ts'),
    },
  },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Most of the time is spent waiting for other processes.
    maxWorkers: 2,
    globalSetup: ['test/support/zookeeper-setup.ts', 'test/support/tools-setup.ts'],
    // Patience with busy machines: nothing here is held to be fast.
    testTimeout: 40_000,
    hookTimeout: 40_000, // hooks start processes, too
    reporters: ['default', './test/support/closing-line.ts'],
  },
})

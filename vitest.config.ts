import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    globalSetup: ['test/support/zookeeper-setup.ts'],
    testTimeout: 20_000,
    reporters: ['default', './test/support/closing-line.ts'],
  },
})

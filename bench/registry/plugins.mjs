// What the benchmark brings along, as anybody may: a strategy that is told what a worker knows, and a registry that can wait.
import { zookeeper } from '../../dist/adapters/zookeeper/index.js'
import { GATE, STRATEGY } from './model.mjs'

/** ZooKeeper, which is not connected to before the gate is opened. */
const gated = {
  ...zookeeper,
  name: 'gated',
  create(options, context) {
    const adapter = zookeeper.create(options, context)
    return {
      get sessionTimeoutMs() {
        return adapter.sessionTimeoutMs
      },
      leftOut: () => adapter.leftOut(),
      async *watch(signal) {
        await globalThis[GATE].opened
        yield* adapter.watch(signal)
      },
    }
  },
}

export const plugins = [globalThis[STRATEGY], gated]

import { EventEmitter, once } from 'node:events'
import type { RegistryAdapter, RegistryView } from '../../src/plugin/index.ts'

/** An adapter that shows what the test gives it, when it does. */
export interface PushedAdapter extends RegistryAdapter {
  /** Resolves once the view, or the failure, has been taken in. */
  push(step: RegistryView | Error): Promise<void>
}

export function pushed(): PushedAdapter {
  const events = new EventEmitter()
  let next: RegistryView | Error | undefined
  return {
    async push(step) {
      next = step
      const taken = once(events, 'taken')
      events.emit('pushed')
      await taken
    },
    async *watch(signal) {
      for (;;) {
        if (!next) events.emit('taken')
        if (!next) await once(events, 'pushed', { signal })
        const step = next!
        next = undefined
        if (step instanceof Error) throw step
        yield step
      }
    },
  }
}

import { constants } from 'node:os'

/** Resolves at the first SIGTERM or SIGINT. The second one is the operator's last word. */
export function stopSignal(): Promise<void> {
  return new Promise((stopped) => {
    let signals = 0
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (++signals > 1) process.exit(128 + constants.signals[signal])
        stopped()
      })
    }
  })
}

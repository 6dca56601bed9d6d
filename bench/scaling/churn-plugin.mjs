// A registry that changes as often as a file beside the configuration says, a second. `import { churn } from` it in a plugin module.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const SERVICES = 1000
const INSTANCES = 10
const TICK_MS = 10

export const churn = {
  kind: 'adapter',
  name: 'churn',
  create: (_options, { directory }) => ({
    async *watch(signal) {
      const setting = (name) => Number(readFileSync(join(directory, name), 'utf8'))
      const view = new Map([['echo', [instance(setting('instance'), '127.0.0.1', 0)]]])
      for (let i = 0; i < SERVICES; i++) view.set(`service-${i}`, instances(i, 0))
      let [due, revision, lastMs] = [0, 0, performance.now()]
      for (;;) {
        yield new Map(view)
        do {
          await sleep(TICK_MS, undefined, { signal })
          const nowMs = performance.now()
          due += (setting('rate') * (nowMs - lastMs)) / 1000
          lastMs = nowMs
        } while (due < 1)
        for (; due >= 1; due--) {
          const changed = ++revision % SERVICES
          view.set(`service-${changed}`, instances(changed, revision))
        }
      }
    },
  }),
}

const instance = (port, host, revision) => ({
  id: `${host}:${port}`,
  host,
  port,
  tls: false,
  weight: 1,
  status: 'up',
  metadata: { revision: String(revision) },
})

/** One of them says something else than before. */
const instances = (service, revision) =>
  Array.from({ length: INSTANCES }, (_, i) =>
    instance(1024 + service, `10.0.0.${i + 1}`, i === revision % INSTANCES ? revision : 0),
  )

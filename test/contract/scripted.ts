import { once } from 'node:events'
import { type Instance, instance, type RegistryAdapter, type RegistryView } from '../../src/plugin/index.ts'

/** What a scripted registry does next: shows a view, or cannot be read. */
export type Step = RegistryView | Error

export interface ScriptedAdapter extends RegistryAdapter {
  /** Resolves once the last step has been taken in, and its watcher waits for more. */
  readonly played: Promise<void>
}

/**
 * An adapter that plays `steps`, one after the other and over all its watches: a view is yielded, an error is thrown.
 * After the last one it holds still until it is told to end.
 */
export function scripted(...steps: readonly Step[]): ScriptedAdapter {
  const left = [...steps]
  let done: () => void
  const played = new Promise<void>((resolve) => {
    done = resolve
  })
  return {
    played,
    async *watch(signal) {
      for (let step = left.shift(); step && !signal.aborted; step = left.shift()) {
        if (step instanceof Error) throw step
        yield step
      }
      done()
      if (!signal.aborted) await once(signal, 'abort')
    },
  }
}

/** A view in short: `view({ shop: ['10.0.0.1:80'], idle: [] })`. */
export function view(services: Readonly<Record<string, readonly string[]>>): RegistryView {
  return new Map(Object.entries(services).map(([service, addresses]) => [service, addresses.map(registered)]))
}

export const fail = (reason: string) => new Error(reason)

function registered(address: string): Instance {
  const [host = '', port] = address.split(':')
  return instance({ host, port: Number(port) })
}

import type { Exchange } from './exchange.ts'

/** Waits, for as long as the exchange goes on. What ran for it before runs again afterwards. */
export async function pause(exchange: Exchange, ms: number): Promise<void> {
  const before = exchange.running
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    exchange.running = {
      cancel() {
        clearTimeout(timer)
        resolve()
      },
    }
  })
  exchange.running = before
}

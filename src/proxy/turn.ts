let turn: Promise<void> | undefined

/**
 * Resolves when the event loop has taken in all that has arrived, for everybody who asks meanwhile at once.
 *
 * What is written then goes out in one burst. A peer that sleeps is woken by the first write and finds the rest when it
 * is awake; written one by one, between the work on other requests, each write would wake it again. Without load there is
 * nobody to wait for.
 */
export function endOfTurn(): Promise<void> {
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turn = undefined
      resolve()
    })
  })
  return turn
}

/** Many rings before it is heard are one, and none is lost while nobody listens. One listener. */
export class Bell {
  #rung = false
  #wake = () => {}

  ring(): void {
    this.#rung = true
    this.#wake()
  }

  /** Resolves when it has rung since it was last heard; rejects with the signal's reason. */
  async heard(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (!this.#rung)
      await new Promise<void>((resolve, reject) => {
        const leave = () => reject(signal.reason)
        signal.addEventListener('abort', leave, { once: true })
        this.#wake = () => {
          signal.removeEventListener('abort', leave)
          resolve()
        }
      })
    this.#rung = false
  }
}

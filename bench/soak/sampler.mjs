const EVERY_MS = 2000

/** Looks at the processes of the gateway every other second. */
export class Sampler {
  samples = []
  #gateway
  #timer

  constructor(gateway) {
    this.#gateway = gateway
  }

  begin() {
    const begun = performance.now()
    this.#timer = setInterval(() => {
      const { residentMiB, sockets } = this.#gateway
      this.samples.push({ second: (performance.now() - begun) / 1000, residentMiB: residentMiB(), sockets: sockets() })
    }, EVERY_MS)
  }

  end() {
    clearInterval(this.#timer)
  }
}

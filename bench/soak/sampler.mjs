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
      const { residentMiB, sockets, descriptors } = this.#gateway
      const second = (performance.now() - begun) / 1000
      this.samples.push({ second, residentMiB: residentMiB(), sockets: sockets(), descriptors: descriptors() })
    }, EVERY_MS)
  }

  end() {
    clearInterval(this.#timer)
  }
}

import { instancesOf } from './service.mjs'

/** The instances: how long each is busy yet, and how many requests are with it. */
export class Fleet {
  instances
  capacityPerMs
  /** The most that each has had at once. */
  worst
  #meansMs
  #busyUntilMs
  #present
  #places

  /** @param meansMs mean service time of each */
  constructor(meansMs) {
    this.instances = instancesOf(meansMs.length)
    this.capacityPerMs = meansMs.reduce((sum, meanMs) => sum + 1 / meanMs, 0)
    this.worst = new Uint32Array(meansMs.length)
    this.#meansMs = meansMs
    this.#busyUntilMs = new Float64Array(meansMs.length)
    this.#present = new Uint32Array(meansMs.length)
    this.#places = new Map(this.instances.map(({ id }, at) => [id, at]))
  }

  placeOf({ instance }) {
    return this.#places.get(instance.id)
  }

  /**
   * @param work as a multiple of the mean
   * @returns when the request will have been served: known at once, since nobody overtakes
   */
  begin(at, nowMs, work) {
    this.worst[at] = Math.max(this.worst[at], ++this.#present[at])
    this.#busyUntilMs[at] = Math.max(this.#busyUntilMs[at], nowMs) + work * this.#meansMs[at]
    return this.#busyUntilMs[at]
  }

  end(at) {
    this.#present[at]--
  }
}

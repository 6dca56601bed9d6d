import type { FaultProxy } from './fault-proxy.ts'

/** What the rigs of registries have in common that an adapter reaches through a proxy: it cuts, and counts connections. */
export class ProxiedRig {
  protected readonly proxy: FaultProxy

  constructor(proxy: FaultProxy) {
    this.proxy = proxy
  }

  cut() {
    return this.proxy.refuse()
  }

  mend() {
    return this.proxy.accept()
  }

  open() {
    return this.proxy.connections
  }

  close() {
    return this.proxy.close()
  }
}

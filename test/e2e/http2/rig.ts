import { beforeAll } from 'vitest'
import { type GatewayProcess, startGateway } from '../../support/gateway.ts'
import type { Http2Client } from '../../support/http2-client.ts'
import { openHttp2 } from '../../support/http2-open.ts'
import { type Answer, startUpstream, type Upstream } from '../../support/upstream.ts'

/** Where requests go to the one instance. */
export const PATH = '/services/echo/'

export interface Rig {
  readonly upstream: Upstream
  readonly gateway: GatewayProcess
  /** A client that has shaken hands. */
  open(values?: Readonly<Record<number, number>>): Promise<Http2Client>
}

/**
 * A gateway for all tests of a file, that speaks HTTP/2 without TLS, in front of one instance.
 *
 * @param server YAML, as a flow mapping without its braces
 */
export function http2Rig(answer?: Answer, server = 'workers: 0'): Rig {
  let upstream: Upstream
  let gateway: GatewayProcess
  beforeAll(async () => {
    upstream = await startUpstream(answer)
    gateway = await startGateway(`server: { h2c: true, ${server} }`, { services: { echo: [upstream.address] } })
  })
  return {
    get upstream() {
      return upstream
    },
    get gateway() {
      return gateway
    },
    open: (values) => openHttp2(gateway.port, values),
  }
}

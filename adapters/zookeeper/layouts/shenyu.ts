import { says } from './content.ts'
import { made } from './facts.ts'
import type { Layout } from './layout.ts'

/**
 * Apache ShenYu, `InstanceEntity.java`: `/shenyu/register/instance/<app>/<host>:<port>` =
 * `{"appName":"order","host":"10.0.0.4","port":8189,"uri":"http://10.0.0.4:8189","status":0,"weight":50}`. Some writers say `address`
 * for `host`. `status` is not read, as no document says what its values mean: an instance that is gone has no node.
 */
export const shenyu: Layout = {
  recognises: ({ json }) => says(json, 'appName') && says(json, 'host', 'address') && says(json, 'port'),
  child({ fields }, wanted) {
    const { host, address, port, uri, weight } = fields
    const tls = typeof uri === 'string' && /^https:/i.test(uri)
    return made('shenyu', { host: host ?? address, port, tls, weight }, wanted)
  },
}

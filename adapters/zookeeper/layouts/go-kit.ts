import { address } from '../../../src/plugin/index.ts'
import { assertSpoken, endpointOf } from './endpoints.ts'
import { made } from './facts.ts'
import type { Layout } from './layout.ts'

const INSTANCE = /^\s*(?:https?:\/\/\S+|(?:\[[\da-f:.%]+\]|[\w.-]+):\d{1,5})\s*$/i

/**
 * go-kit, `sd/zk/client.go`: `<path>/<name>/_c_<guid>-0000000001` = `10.0.2.10:80`: the data is the instance string, an address
 * or a URL.
 */
export const goKit: Layout = {
  // Where the name is an address itself it counts, whatever a plain registry keeps in its data.
  recognises: ({ name, text }) => text.length <= 512 && INSTANCE.test(text) && !INSTANCE.test(name),
  child(content, wanted) {
    const text = content.text.trim()
    if (!text.includes('://')) return made('go-kit', address(text), wanted)
    const { scheme, host, port } = endpointOf(text)
    assertSpoken({ scheme, host, port })
    return made('go-kit', { host, port, tls: scheme === 'https' }, wanted)
  },
}

import { says } from './content.ts'
import { made } from './facts.ts'
import { type Layout, NOTHING } from './layout.ts'
import { each } from './parts.ts'

/**
 * Apache APISIX, as apisix-seed reads it: one znode for the service and none below, `/zookeeper/APISIX-ZK` =
 * `[{"host":"127.0.0.1","port":1980,"weight":100}]`.
 */
export const apisix: Layout = {
  recognises: ({ json }) => Array.isArray(json) && json.some((node) => says(node, 'host')),
  child() {
    throw new Error('with the layout "apisix" instances are in the data of their service, and not below it')
  },
  own(content, wanted) {
    if (content.text === '') return NOTHING
    return each(content.list, 'nodes', ({ host, port, weight, metadata }) =>
      made('apisix', { host, port, weight, usualWeight: 100, metadata }, wanted),
    )
  },
}

import type { Instance } from '../../../src/plugin/index.ts'
import { type Fields, fieldsOf, says } from './content.ts'
import { named } from './endpoints.ts'
import { made } from './facts.ts'
import type { Layout, Reading, Wanted } from './layout.ts'
import { vectorsOf } from './vectors.ts'

/**
 * Twitter's serversets, as Finagle reads them (`serverset2/Entry.scala`): `<path>/member_0000000007` =
 * `{"status":"ALIVE","serviceEndpoint":{"host":"…","port":31623},"additionalEndpoints":{"http":{…}},"shard":7,"metadata":{"k":"v"}}`,
 * and beside the members `vector_*`, the weights of some of them. Whom a vector means needs the member's name and shard:
 * they are in its metadata.
 */
export const serverset: Layout = {
  recognises: ({ json }) => says(json, 'serviceEndpoint', 'vector'),
  child({ name, fields }, wanted) {
    return says(fields, 'vector') ? vectorsOf(fields.vector) : memberOf(name, fields, wanted)
  },
}

function memberOf(name: string, fields: Fields, wanted: Wanted): Reading {
  const { serviceEndpoint, additionalEndpoints, status, shard } = fields
  const others = new Map(Object.entries(fieldsOf(additionalEndpoints)))
  const { host, port } = fieldsOf(wanted.port === undefined ? serviceEndpoint : named(others, wanted.port))
  const metadata = { ...fieldsOf(fields.metadata), shard, member: name }
  return made('serverset', { host, port, status: statusOf(status), metadata }, wanted)
}

/** Not a word for the condition that is known elsewhere, and none at all is not up: Finagle takes nobody but who is `ALIVE`. */
function statusOf(status: unknown): Instance['status'] {
  if (status === 'ALIVE') return 'up'
  return status === 'STOPPING' ? 'draining' : 'down'
}

import { address } from '../../../src/plugin/index.ts'
import { type Fields, fieldsOf } from './content.ts'
import { named } from './endpoints.ts'
import { made } from './facts.ts'
import type { Layout, Reading, Wanted } from './layout.ts'
import { each } from './parts.ts'
import { quoted } from './say.ts'

/**
 * go-micro v2, `registry/zookeeper` of its plugins: `/micro-registry/<service>/<node id>` =
 * `{"name":"greeter","version":"latest","metadata":null,"endpoints":[…],"nodes":[{"id":"greeter-5a3e…","address":"10.0.0.9:43211","metadata":{"protocol":"grpc"}}]}`.
 * As a rule one node each. Version 1 had the port in a field of its own.
 */
export const goMicro: Layout = {
  recognises: ({ json }) => Array.isArray(fieldsOf(json).nodes),
  child({ fields }, wanted) {
    if (!Array.isArray(fields.nodes)) throw new Error('"nodes" is not a list')
    return each(fields.nodes, 'nodes', (node) => nodeOf(node, fields, wanted))
  },
}

function nodeOf(node: Fields, service: Fields, wanted: Wanted): Reading {
  const metadata = { ...fieldsOf(service.metadata), ...fieldsOf(node.metadata) }
  if (wanted.port !== undefined) named(new Map([[String(metadata.protocol), node]]), wanted.port)
  const where = node.port ? { host: node.address, port: node.port } : address(textOf(node.address))
  return made('go-micro', { ...where, version: service.version, metadata }, wanted)
}

function textOf(written: unknown): string {
  if (typeof written === 'string') return written
  throw new Error(`address ${quoted(written)} is not a text`)
}

import { expect, it } from 'vitest'
import { but, one, read } from './reading.ts'
import { samples } from './samples.ts'

const greeter = samples['go-micro']

it('takes the address of the node, its metadata, and the version of the service', () => {
  expect(one('go-micro', greeter)).toEqual({
    id: '10.0.0.9:43211',
    host: '10.0.0.9',
    port: 43211,
    layout: 'go-micro',
    tls: false,
    weight: 1,
    status: 'up',
    metadata: { protocol: 'grpc', version: 'latest' },
  })
})

it('takes a port of its own', () => {
  expect(one('go-micro', but(greeter, { nodes: [{ address: '10.0.0.9', port: 80 }] })).id).toBe('10.0.0.9:80')
})

it('adds to the metadata of the service that of the node', () => {
  const nodes = [{ address: 'a:1', metadata: { zone: 'b', weight: '2' } }]
  const found = one('go-micro', but(greeter, { metadata: { zone: 'a', team: 't' }, nodes }))
  expect(found).toMatchObject({ zone: 'b', weight: 2, metadata: { zone: 'b', team: 't' } })
})

it('takes nodes of the protocol that is named', () => {
  expect(one('go-micro', greeter, { port: 'grpc' }).port).toBe(43211)
  const { instances, broken } = read('go-micro', greeter, { port: 'http' })
  expect([instances, broken]).toEqual([[], ['nodes[0]: no endpoint "http"; there are: grpc']])
})

it('keeps the neighbours of a node that cannot be read', () => {
  const nodes = [{ address: 'a' }, 7, { address: 'b:80' }, {}, null]
  const { instances, broken } = read('go-micro', but(greeter, { nodes }))
  expect(instances.map(({ id }) => id)).toEqual(['b:80'])
  expect(broken).toEqual([
    'nodes[0]: "a" is not an address; write "10.0.0.1:8080" or "[::1]:8080"',
    'nodes[1]: 7 is not an object',
    'nodes[3]: address undefined is not a text',
    'nodes[4]: null is not an object',
  ])
})

it('refuses what has no list of nodes', () => {
  expect(() => read('go-micro', but(greeter, { nodes: null }))).toThrow('"nodes" is not a list')
})

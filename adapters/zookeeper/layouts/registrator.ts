import { metadataOf } from '../../../src/plugin/index.ts'
import { says } from './content.ts'
import { made } from './facts.ts'
import type { Layout } from './layout.ts'

/**
 * gliderlabs/registrator, `zookeeper/zookeeper.go`: `/services/<service>/<ip:port>` =
 * `{"Name":"www","IP":"192.168.1.123","PublicPort":49153,"PrivatePort":80,"ContainerID":"9124853ff0d1","Tags":[],"Attrs":{}}`.
 * `Attrs` is the metadata, with `Tags` in it as `tags`.
 */
export const registrator: Layout = {
  recognises: ({ json }) => says(json, 'PublicPort'),
  child({ fields }, wanted) {
    const { IP, PublicPort, Tags, Attrs } = fields
    const tags = Array.isArray(Tags) ? Tags.filter((tag) => typeof tag === 'string').join(',') : ''
    return made(
      'registrator',
      { host: IP, port: PublicPort, metadata: { ...(tags && { tags }), ...metadataOf(Attrs) } },
      wanted,
    )
  },
}

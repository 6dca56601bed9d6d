import { metadataOf, statusOf } from '../../../src/plugin/index.ts'
import { fieldsOf, isFields } from './content.ts'
import { factsOf, isCurator } from './curator.ts'
import { made } from './facts.ts'
import type { Layout } from './layout.ts'

/**
 * Spring Cloud Zookeeper: Curator's form whose payload is
 * `{"@class":"org.springframework.cloud.zookeeper.discovery.ZookeeperInstance","id":"application-1","name":"…","metadata":{"instance_status":"UP"}}`.
 * An `instance_status` other than `UP` is set before a shutdown, and by operators: `StatusConstants.java`.
 */
export const springCloud: Layout = {
  recognises: ({ json }) => isCurator(json) && isFields(fieldsOf(json.payload).metadata),
  child({ fields }, wanted) {
    const metadata = metadataOf(fieldsOf(fields.payload).metadata)
    const facts = factsOf(fields, wanted)
    const status = facts.status === 'down' ? facts.status : statusOf(metadata.instance_status)
    return made('spring-cloud', { ...facts, status, metadata }, wanted)
  },
}

import { address, instance } from '../../../src/plugin/index.ts'
import type { Layout } from './layout.ts'

/** `/services/<service>/<ip:port>`. The name says everything; the data may be anything. */
export const plain: Layout = {
  recognises: () => true,
  child: ({ name }) => ({ instances: [instance({ ...address(name), layout: 'plain' })] }),
}

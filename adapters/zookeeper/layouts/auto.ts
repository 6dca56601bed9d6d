import { apisix } from './apisix.ts'
import { curator } from './curator.ts'
import { dubbo, foldersOfDubbo } from './dubbo.ts'
import { dubbo3 } from './dubbo3.ts'
import { goKit } from './go-kit.ts'
import { goMicro } from './go-micro.ts'
import { kratos } from './kratos.ts'
import { type Layout, NOTHING } from './layout.ts'
import { nerve } from './nerve.ts'
import { plain } from './plain.ts'
import { portolan } from './portolan.ts'
import { registrator } from './registrator.ts'
import { serverset } from './serverset.ts'
import { shenyu } from './shenyu.ts'
import { springCloud } from './spring-cloud.ts'

/**
 * In this order: whoever has a word of its own before those with common words, and what is a kind of something before the
 * something. `plain` takes what nobody else does.
 */
export const preferred: readonly Layout[] = [
  serverset,
  dubbo3,
  springCloud,
  curator,
  registrator,
  goMicro,
  kratos,
  shenyu,
  nerve,
  dubbo,
  goKit,
  portolan,
  plain,
]

/** Each znode by what it says, so that several writers may share a service: registrator's names are `ip:port` as well. */
export const auto: Layout = {
  recognises: () => true,
  child: (content, wanted) => preferred.find(({ recognises }) => recognises(content))!.child(content, wanted),
  own: (content, wanted) => (apisix.recognises(content) ? apisix.own!(content, wanted) : NOTHING),
  below: foldersOfDubbo,
}

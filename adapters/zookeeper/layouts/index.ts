import { apisix } from './apisix.ts'
import { auto } from './auto.ts'
import { Content } from './content.ts'
import { curator } from './curator.ts'
import { dubbo } from './dubbo.ts'
import { dubbo3 } from './dubbo3.ts'
import { goKit } from './go-kit.ts'
import { goMicro } from './go-micro.ts'
import { kratos } from './kratos.ts'
import { type Layout, NOTHING, type Reader, type Wanted } from './layout.ts'
import type { LayoutName } from './names.ts'
import { nerve } from './nerve.ts'
import { plain } from './plain.ts'
import { portolan } from './portolan.ts'
import { registrator } from './registrator.ts'
import { safely } from './say.ts'
import { serverset } from './serverset.ts'
import { shenyu } from './shenyu.ts'
import { springCloud } from './spring-cloud.ts'

export { combined, prevails } from './combined.ts'
export { USUAL_KEYS } from './facts.ts'
export type { Reader, Reading, Vector, Wanted } from './layout.ts'
export { type LayoutName, layoutNames } from './names.ts'

const layouts = {
  auto,
  plain,
  portolan,
  registrator,
  curator,
  'spring-cloud': springCloud,
  serverset,
  nerve,
  dubbo,
  dubbo3,
  'go-micro': goMicro,
  kratos,
  'go-kit': goKit,
  shenyu,
  apisix,
} as const satisfies Record<LayoutName, Layout>

/** Reads znodes whatever is in them: what it throws is an Error with a short message, and nothing else. */
export function readerOf(layout: LayoutName, wanted: Wanted): Reader {
  const { child, own, below }: Layout = layouts[layout]
  return {
    child: (name, data) => safely(() => child(new Content(name, data), wanted)),
    ownData: own !== undefined,
    own: (data) => (own ? safely(() => own(new Content('', data), wanted)) : NOTHING),
    ...(below && { below }),
  }
}

import { assertSpoken, type Endpoint, endpointOf, named } from './endpoints.ts'
import { made } from './facts.ts'
import { type Layout, NOTHING } from './layout.ts'
import { quoted } from './say.ts'

const PROVIDERS = 'providers'
/** What lies under an interface. */
const FOLDERS: readonly string[] = [PROVIDERS, 'consumers', 'configurators', 'routers', 'metadata']

/**
 * Dubbo at the level of interfaces, `ZookeeperRegistry.java`: `/dubbo/<interface>/providers/<encodeURIComponent(url)>`, with
 * everything in the name: `dubbo://172.19.4.113:20880/org.apache.dubbo.demo.DemoService?side=provider&timeout=3000`. The
 * parameters are the metadata.
 */
export const dubbo: Layout = {
  recognises: ({ name }) => /^[a-z][a-z0-9.+-]*%3A%2F%2F/i.test(name),
  child({ name }, wanted) {
    if (FOLDERS.includes(name)) return NOTHING
    const { scheme, host, port, query } = urlOf(name)
    assertSpoken({ scheme, host, port })
    if (wanted.port !== undefined) named(new Map([[scheme, port]]), wanted.port)
    const facts = {
      host,
      port,
      tls: scheme === 'https' || query.get('ssl-enabled') === 'true',
      status: query.get('disabled') === 'true' || query.get('enabled') === 'false' ? 'down' : 'up',
      usualWeight: 100,
      registeredAt: query.get('timestamp'),
      metadata: { ...Object.fromEntries(query), protocol: scheme },
    } as const
    return made('dubbo', facts, wanted)
  },
  below: (children) => (children.includes(PROVIDERS) ? PROVIDERS : undefined),
}

/** For those who do not know that it is Dubbo: nobody else has such names, and these only. */
export function foldersOfDubbo(children: readonly string[]): string | undefined {
  return children.every((name) => FOLDERS.includes(name)) ? dubbo.below?.(children) : undefined
}

function urlOf(name: string): Endpoint {
  try {
    return endpointOf(decodeURIComponent(name))
  } catch {
    throw new Error(`the name ${quoted(name)} is not an encoded URL such as "tri%3A%2F%2F10.0.0.1%3A50051%2F…"`)
  }
}

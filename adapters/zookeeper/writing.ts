import { CreateMode } from 'node-zookeeper-client'
import { type Stat, verdict } from './client.ts'
import { Denied, type Link } from './link.ts'

/** A path under which nothing of ours can ever be. The link lives on. */
export class Unfit extends Error {}

const TRIES = 3

/**
 * An ephemeral node of the link's session; the parents that it lacks are made first, to stay. `false` when there is a node
 * already, whosever it is.
 *
 * @throws Denied, Unfit, or why the link is down
 */
export async function createEphemeral(link: Link, path: string, data: Buffer): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) {
    const answer = await create(link, path, data, CreateMode.EPHEMERAL)
    if (answer !== 'gone') return answer === 'made'
    await createParent(link, path)
  }
  // Somebody deletes the parents as fast as they are made, or there is no such chroot.
  throw new Error(`${path} cannot be made: ${parentOf(path) || '/'} does not stay`)
}

/** Gone already is fine. @throws Denied, or why the link is down */
export async function remove(link: Link, path: string): Promise<void> {
  try {
    await link.request<void>(`remove ${path}`, (client, done) =>
      client.remove(path, -1, (error) => done(error, undefined)),
    )
  } catch (error) {
    if (verdict(error) === 'denied') throw new Denied(`the ACL of ${parentOf(path)} lets nobody here delete ${path}`)
    if (verdict(error) !== 'gone') throw error
  }
}

/** The session that a node lives and dies with, as `Link.session` writes it; `undefined`: none, it is persistent. */
export function ownerOf({ ephemeralOwner }: Stat): string | undefined {
  const owner = ephemeralOwner.toString('hex')
  return /^0+$/.test(owner) ? undefined : owner
}

/** From below: above, there may be nodes that are not to be created here, and need not be. */
async function createParent(link: Link, path: string): Promise<void> {
  const parent = parentOf(path)
  if (parent === '') return
  if ((await create(link, parent, undefined, CreateMode.PERSISTENT)) !== 'gone') return
  await createParent(link, parent)
  await create(link, parent, undefined, CreateMode.PERSISTENT)
}

async function create(
  link: Link,
  path: string,
  data: Buffer | undefined,
  mode: number,
): Promise<'made' | 'taken' | 'gone'> {
  try {
    await link.request<string>(`create ${path}`, (client, done) =>
      client.create(path, data ?? Buffer.alloc(0), mode, done),
    )
    return 'made'
  } catch (error) {
    const why = verdict(error)
    if (why === 'taken' || why === 'gone') return why
    const parent = parentOf(path) || '/'
    if (why === 'denied') throw new Denied(`the ACL of ${parent} lets nobody here create ${path}`, { cause: error })
    if (why === 'childless')
      throw new Unfit(`${parent} is ephemeral, so that nothing can be below it: ${path} cannot be made`, {
        cause: error,
      })
    throw error
  }
}

const parentOf = (path: string) => path.slice(0, path.lastIndexOf('/'))

import { CreateMode } from 'node-zookeeper-client'
import { verdict } from './client.ts'
import { Denied, type Done, type Link } from './link.ts'

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

/**
 * An ephemeral node of the link's session in place of one that is there, in one step: nobody finds it gone, or can put
 * theirs between. `false` when it has gone.
 *
 * @throws Denied, or why the link is down
 */
export async function replace(link: Link, path: string, data: Buffer): Promise<boolean> {
  try {
    await link.request(`replace ${path}`, (client, done: Done<unknown>) =>
      client.transaction().remove(path).create(path, data, CreateMode.EPHEMERAL).commit(done),
    )
    return true
  } catch (error) {
    if (verdict(error) === 'gone') return false
    throw verdict(error) === 'denied' ? denied('delete and create', path, error) : error
  }
}

/** Gone already is fine. @throws Denied, or why the link is down */
export async function remove(link: Link, path: string): Promise<void> {
  try {
    await link.request<void>(`remove ${path}`, (client, done) =>
      client.remove(path, -1, (error) => done(error, undefined)),
    )
  } catch (error) {
    if (verdict(error) === 'denied') throw denied('delete', path, error)
    if (verdict(error) !== 'gone') throw error
  }
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
    if (why === 'denied') throw denied('create', path, error)
    if (why === 'childless')
      throw new Unfit(`${parentOf(path)} is ephemeral, so that nothing can be below it: ${path} cannot be made`, {
        cause: error,
      })
    throw error
  }
}

function denied(what: string, path: string, cause: unknown): Denied {
  return new Denied(`the ACL of ${parentOf(path) || '/'} lets nobody here ${what} ${path}`, { cause })
}

const parentOf = (path: string) => path.slice(0, path.lastIndexOf('/'))

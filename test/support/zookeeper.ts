import { randomUUID } from 'node:crypto'
import { inject, onTestFinished } from 'vitest'
import { Writer } from './zookeeper-writer.ts'

export { ask, startZooKeeper, type ZooKeeperServer } from './zookeeper-server.ts'
export { Writer } from './zookeeper-writer.ts'

/** `host:port` of the server all tests share. */
export const sharedZooKeeper = (): string => inject('zookeeper')

export interface Scratch {
  /** A path nobody else uses. It does not exist yet. */
  readonly root: string
  /** Connected to the shared server. */
  readonly writer: Writer
}

/** A corner of the shared server for one test, swept when the test is over. */
export async function scratchRoot(): Promise<Scratch> {
  const root = `/test-${randomUUID()}`
  const writer = await Writer.open(sharedZooKeeper())
  onTestFinished(async () => {
    await writer.removeTree(root)
    await writer.close()
  })
  return { root, writer }
}

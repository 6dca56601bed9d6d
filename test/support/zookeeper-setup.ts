import type { TestProject } from 'vitest/node'
import { startZooKeeper } from './zookeeper-server.ts'

/**
 * One real ZooKeeper for the whole run: the one that `PORTOLAN_TEST_ZOOKEEPER=host:port` names, or one of its own.
 * @module
 */

declare module 'vitest' {
  interface ProvidedContext {
    zookeeper: string
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env.PORTOLAN_TEST_ZOOKEEPER
  if (given) return void project.provide('zookeeper', given)
  const server = await startZooKeeper()
  project.provide('zookeeper', server.address)
  // A signal ends this process without its exit handlers, and the server would outlive it.
  const stopped = () => process.exit(143)
  process.once('SIGTERM', stopped).once('SIGHUP', stopped)
  return async () => {
    process.off('SIGTERM', stopped).off('SIGHUP', stopped)
    await server.stop()
  }
}

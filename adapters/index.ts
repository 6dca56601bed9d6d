import type { Plugin } from '../src/plugin/index.ts'
import { dns } from './dns.ts'
import { etcd } from './etcd.ts'
import { staticFile } from './static-file.ts'
import { zookeeper } from './zookeeper/index.ts'

/** The adapters that come with the gateway. They enjoy no privilege: a plugin is loaded beside them. */
export const adapters: readonly Plugin[] = [staticFile, zookeeper, etcd, dns]

import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { exitCode } from './zookeeper-probe.ts'

/**
 * What the tests start besides ZooKeeper: installed where it is missing, and can be. Where it cannot, the tests that need it
 * fail, and say what they miss.
 * @module
 */

const PACKAGES = {
  etcd: 'etcd-server',
  dnsmasq: 'dnsmasq-base',
  openssl: 'openssl',
  curl: 'curl',
  valgrind: 'valgrind',
}

export default async function setup(): Promise<void> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  const missing = Object.entries(PACKAGES).filter(([program]) => !folders.some((at) => existsSync(join(at, program))))
  if (missing.length === 0 || process.getuid?.() !== 0 || (await exitCode('apt-get', ['--version'])) !== 0) return
  const packages = missing.map(([, name]) => name)
  process.stdout.write(`installing ${packages.join(' and ')} for the tests\n`)
  await exitCode('apt-get', ['update', '-q'])
  await exitCode('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages])
}

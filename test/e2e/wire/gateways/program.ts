import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePorts } from '../../../support/ports.ts'
import { Program } from '../../../support/process.ts'
import { until } from '../../../support/until.ts'
import type { Door, Running, Start } from '../rig/wire.ts'

const DOORS: readonly Door[] = ['plain', 'tls', 'mtls', 'h2c', 'proxy', 'crowded']

/** There are many services. */
const START_MS = 60_000

export type Ports = Readonly<Record<Door, number>>

export interface Recipe {
  readonly name: string
  /** Prints the version, first line, to either output. */
  readonly versionArgs: readonly string[]
  configuration(what: Start, ports: Ports, folder: string): string
  args(file: string, folder: string): readonly string[]
}

/** Starts somebody else's gateway from a configuration file, with a port for each door. */
export async function startProgram({ name, versionArgs, configuration, args }: Recipe, what: Start): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), `wire-${name}-`))
  const ports = portsOf(await freePorts(DOORS.length))
  const file = join(folder, `${name}.conf`)
  writeFileSync(file, configuration(what, ports, folder))
  const program = new Program(name, args(file, folder))
  program.start()
  const stop = async () => {
    await program.terminate()
    rmSync(folder, { recursive: true, force: true })
  }
  await until(
    `${name} listens`,
    () => {
      if (program.ended) throw new Error(`${name} ended: ${program.said}`)
      return accepts(ports.plain)
    },
    START_MS,
  ).catch((error) => stop().then(() => Promise.reject(error)))
  return {
    name,
    version: await versionOf(name, versionArgs),
    port: (door) => ports[door],
    pids: async () => [program.pid, ...(await childrenOf(program.pid))],
    said: () => program.said,
    stop,
  }
}

function portsOf(free: readonly number[]): Ports {
  return Object.fromEntries(DOORS.map((door, index) => [door, free[index]!])) as Ports
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}

async function versionOf(name: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` }
  const { stdout, stderr } = await promisify(execFile)(name, args, { env })
  return (stdout + stderr)
    .split('\n')[0]!
    .replace(/ - http.*| version:? (?:nginx\/)?/g, ' ')
    .trim()
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.trim().split(' ').filter(Boolean).map(Number)
}

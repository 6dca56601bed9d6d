import { describe, expect, it } from 'vitest'
import { type Import, importsOf, sourcesIn } from './support/sources.ts'

/**
 * Which room may know which other. A room is a folder of `src/`, or a file that lies directly in it; `type x` allows what
 * the compiler erases. Whoever needs another line here should first ask whether the thing they reach for lies in the right room.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  plugin: [],
  errors: [],
  clock: [],
  di: [],
  admission: [],
  tls: [],

  balancing: ['plugin'],
  catalog: ['plugin'],
  health: ['admission', 'balancing', 'type config', 'type plugin', 'type registry', 'type tls'],
  middleware: ['plugin'],
  config: ['catalog', 'plugin', 'tls'],

  routing: ['errors', 'plugin', 'type config'],
  registry: ['balancing', 'errors', 'plugin'],
  proxy: ['admission', 'clock', 'errors', 'health', 'routing', 'tls', 'type balancing', 'type config', 'type plugin'],
  front: ['proxy', 'tls', 'type config', 'type plugin'],
  explain: ['errors', 'proxy', 'type balancing', 'type plugin', 'type routing'],
  gateway: ['front', 'proxy', 'errors', 'type balancing', 'type config', 'type plugin', 'type routing'],
  admin: ['gateway', 'registry', 'type balancing', 'type explain', 'type health', 'type plugin'],

  tokens: [
    'di',
    'type catalog',
    'type config',
    'type explain',
    'type gateway',
    'type health',
    'type plugin',
    'type proxy',
    'type registry',
    'type routing',
    'type tls',
  ],
  container: [
    'di',
    'tokens',
    'catalog',
    'clock',
    'config',
    'explain',
    'gateway',
    'health',
    'proxy',
    'registry',
    'routing',
    'tls',
    'type balancing',
    'type plugin',
  ],
  builtins: ['adapters', 'strategies', 'middleware', 'type plugin'],
  server: [
    'container',
    'builtins',
    'admin',
    'config',
    'registry',
    'type explain',
    'type gateway',
    'type health',
    'type plugin',
  ],
  embed: ['container', 'builtins', 'server', 'config', 'gateway', 'proxy', 'type plugin'],
  registration: ['builtins', 'config', 'plugin'],
  index: ['embed', 'registration', 'catalog', 'config', 'errors'],
  cli: ['server', 'registration', 'builtins', 'admin', 'catalog', 'config', 'container', 'plugin', 'type explain'],
}

/** What a stranger's plugin could use as well: the porch, and packages. */
const CLIENT_LIBRARIES = ['node-zookeeper-client', 'yaml', 'zod']
const PORCH = 'src/plugin/index.ts'

const MOST_LINES = 250
const MOST_LINES_OF_THE_PORCH = 45

const sources = sourcesIn('src', 'adapters', 'strategies')
const imports = [...sources].flatMap(([path, text]) => importsOf(path, text))
const isFile = ({ to }: Import) => to.endsWith('.ts')
const shown = ({ from, to }: Import) => `${from} -> ${to}`

describe('the rooms', () => {
  const between = imports
    .filter((it) => it.from.startsWith('src/') && isFile(it))
    .map((it) => ({ ...it, room: roomOf(it.from), other: roomOf(it.to) }))
    .filter(({ room, other }) => room !== other)

  it('know only those that the table allows', () => {
    const strangers = between.filter(
      ({ room, other, typeOnly }) =>
        !ROOMS[room]?.includes(other) && !(typeOnly && ROOMS[room]?.includes(`type ${other}`)),
    )
    expect(strangers.map(shown)).toEqual([])
  })

  it('use everything that the table allows', () => {
    const used = new Set(between.map(({ room, other }) => `${room} -> ${other}`))
    const unused = Object.entries(ROOMS).flatMap(([room, others]) =>
      others.map((other) => `${room} -> ${other.replace('type ', '')}`).filter((edge) => !used.has(edge)),
    )
    expect(unused).toEqual([])
  })

  it('are all in the table', () => {
    const rooms = new Set([...sources.keys()].filter((path) => path.startsWith('src/')).map(roomOf))
    expect([...rooms].sort()).toEqual(Object.keys(ROOMS).sort())
  })

  it('look one way: no room is known, through others, by what it knows', () => {
    const built = new Set<string>(['adapters', 'strategies'])
    let left = Object.keys(ROOMS)
    for (let before = 0; before !== left.length; ) {
      before = left.length
      for (const room of left) if (needs(room).every((other) => built.has(other))) built.add(room)
      left = left.filter((room) => !built.has(room))
    }
    expect(left).toEqual([])
  })

  it('load nothing by a name that is computed, but for what is lent to plugins', () => {
    const computed = [...sources].filter(([, text]) => /(?<![.\w])import\((?!')|createRequire/.test(text))
    expect(computed.map(([path]) => path)).toEqual(['src/catalog/own.ts'])
  })

  const needs = (room: string) => ROOMS[room]!.map((other) => other.replace('type ', ''))
})

describe('the built-ins enjoy no privilege', () => {
  const builtin = /^(?:adapters|strategies|src\/middleware)\//

  it('import the porch, their own files and packages that a stranger could install', () => {
    const privileged = imports.filter(
      (it) => builtin.test(it.from) && !(isFile(it) ? it.to === PORCH || isOwn(it) : isPackage(it.to)),
    )
    expect(privileged.map(shown)).toEqual([])
  })

  it('are known to one file of the gateway', () => {
    const knowing = imports.filter(
      (it) => it.from.startsWith('src/') && !builtin.test(it.from) && isFile(it) && builtin.test(it.to),
    )
    expect([...new Set(knowing.map(({ from }) => from))]).toEqual(['src/builtins.ts'])
  })

  it('leave their conformance kit to any test runner', () => {
    const kit = [...sourcesIn('test/contract')].filter(([path]) => !path.endsWith('.test.ts'))
    const foreign = kit
      .flatMap(([path, text]) => importsOf(path, text))
      .filter((it) => !(isFile(it) ? it.to === PORCH || it.to.startsWith('test/contract/') : it.to.startsWith('node:')))
    expect(foreign.map(shown)).toEqual([])
  })

  /** A plugin's files are one folder, one file, or a file and the folder of its name; `index.ts` lists them all. */
  function isOwn({ from, to }: Import): boolean {
    const [top, plugin] = pluginOf(from)
    const [otherTop, other] = pluginOf(to)
    return top === otherTop && (plugin === 'index' || plugin === other)
  }

  function pluginOf(path: string): [top: string, plugin: string] {
    const [, top = path, plugin = ''] = /^(adapters|strategies|src\/middleware)\/(.*?)(?:\/|\.ts$)/.exec(path) ?? []
    return [top, plugin]
  }

  const isPackage = (name: string) =>
    name.startsWith('node:') || CLIENT_LIBRARIES.includes(name) || /^hono\b/.test(name)
})

describe('the container', () => {
  it('is asked where the parts are wired; no class knows of it', () => {
    const library = imports.filter(({ to }) => to === 'tsyringe' || to === 'reflect-metadata')
    expect([...new Set(library.map(({ from }) => from))]).toEqual(['src/di.ts'])
    const asking = imports.filter(({ to, typeOnly }) => to === 'src/di.ts' && !typeOnly)
    expect(asking.map(({ from }) => from)).toEqual([
      'src/container/control-plane.ts',
      'src/container/data-plane.ts',
      'src/container/root.ts',
      'src/tokens.ts',
    ])
    expect(sources.get('src/tokens.ts')).toContain("import { token } from './di.ts'")
  })

  it('needs no decorators', () => {
    const decorated = [...sources].filter(([, text]) => /decorator|@inject/i.test(text))
    expect(decorated.map(([path]) => path)).toEqual([])
  })
})

describe('the files', () => {
  it(`have at most ${MOST_LINES} lines, and on the porch ${MOST_LINES_OF_THE_PORCH}`, () => {
    const tooLong = [...sources]
      .map(([path, text]) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ path, lines }) => lines > (path.startsWith('src/plugin/') ? MOST_LINES_OF_THE_PORCH : MOST_LINES))
    expect(tooLong).toEqual([])
  })

  it('of the porch know each other, zod for units, and the type of a Hono handler', () => {
    const known = imports.filter((it) => it.from.startsWith('src/plugin/') && !isFile(it))
    expect(known.map(({ from, to, typeOnly }) => `${from} ${typeOnly ? 'type ' : ''}${to}`)).toEqual([
      'src/plugin/middleware.ts type hono',
      'src/plugin/units.ts zod',
    ])
  })
})

function roomOf(path: string): string {
  const [top, room] = path.split('/')
  return top === 'src' ? room!.replace('.ts', '') : top!
}

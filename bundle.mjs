// After `tsc`: what processes begin with, and all that they load, in few files instead of hundreds. Loading these is most of what
// a start costs, and a good part of a worker's memory. Types and all other files of dist/ stay as the compiler wrote them.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const dist = fileURLToPath(new URL('dist', import.meta.url))
const SHARED = 'src/bundled'

/** All that package.json exports, too: a plugin that imports `portolan` gets the very instances that the gateway runs on. */
const ENTRIES = ['src/cli/main', 'src/server/worker-main', 'src/index', 'src/plugin/index', 'test/contract/index']

/** Hono is shared with plugins, down to the classes of its errors; the others are loaded by few, and particular about their files. */
const LEFT_ALONE = ['hono', 'jiti', 'node-zookeeper-client']

/**
 * Finding and opening a file costs more than what is in it, so what is loaded together is one, with all that it imports: what the first
 * process needs before it starts a worker, what plugins import, and what both kinds of process need.
 */
const TOGETHER = [
  { name: 'first', priority: 2, test: /src\/cli\/run\.js$/ },
  { name: 'plugin', priority: 2, test: /src\/plugin\/index\.js$/ },
  {
    name: 'both',
    priority: 1,
    test: /src\/(?:builtins|container\/root|gateway\/meter|health\/index|registry\/index|server\/(?:doors|drain|listen|old-generation|start))\.js$|@hono\/node-server/,
  },
]

rmSync(join(dist, SHARED), { recursive: true, force: true })
const bundle = await rolldown({
  input: Object.fromEntries(ENTRIES.map((entry) => [entry, join(dist, `${entry}.js`)])),
  external: (name) => name.startsWith('node:') || LEFT_ALONE.some((one) => name === one || name.startsWith(`${one}/`)),
  platform: 'node',
})
const { output } = await bundle.write({
  dir: dist,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: `${SHARED}/[name]-[hash].js`,
  codeSplitting: { groups: TOGETHER },
  sourcemap: true,
})
writeFileSync(join(dist, SHARED, 'LICENSES.txt'), licences(output.flatMap(({ moduleIds = [] }) => moduleIds)))

/** Of the packages whose code is in it. */
function licences(modules) {
  const packages = new Set(modules.filter((path) => path.includes('/node_modules/')).map(packageOf))
  return [...packages]
    .sort()
    .map((folder) => `${folder.split('/node_modules/').at(-1)}\n\n${licence(folder)}\n`)
    .join('\n')
}

function packageOf(path) {
  for (let folder = dirname(path); ; folder = dirname(folder))
    if (existsSync(join(folder, 'package.json')) && /node_modules\/(?:@[^/]+\/)?[^/]+$/.test(folder)) return folder
}

function licence(folder) {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name))
  if (file) return readFileSync(join(folder, file), 'utf8').trim()
  return `Licence: ${JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).license}`
}

import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const dist = fileURLToPath(new URL('../../dist', import.meta.url))

/** Files of `dist/` that are loaded before the first line of one of them runs, it among them. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  const text = readFileSync(file, 'utf8')
  for (const [, path] of text.matchAll(/^import (?:[^"']* from )?"(\.[^"]+)";$/gm))
    loadedWith(join(dirname(file), path!), seen)
  return seen
}

const sizeOf = (files: Iterable<string>) => Array.from(files, (file) => statSync(file).size).reduce((a, b) => a + b, 0)

it('has the first process load little more than its command line before it starts a worker', () => {
  const files = loadedWith(join(dist, 'src/cli/main.js'))
  expect(files.size).toBeLessThanOrEqual(3)
  expect(sizeOf(files)).toBeLessThan(150_000)
})

it('has a plugin load nothing of the gateway', () => {
  expect(loadedWith(join(dist, 'src/plugin/index.js')).size).toBeLessThanOrEqual(3)
})

it('has a worker load few files', () => {
  expect(loadedWith(join(dist, 'src/server/worker-main.js')).size).toBeLessThanOrEqual(6)
})

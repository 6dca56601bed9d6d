import { execFileSync } from 'node:child_process'
import { contenders } from '../contenders.mjs'

const script = new URL('../memory-of.mjs', import.meta.url).pathname
const TARGETED = 'peak-ewma'
/** Fewer where a table goes with each service, however few instances it has. */
const ENDPOINTS = { [TARGETED]: 100_000, maglev: 1000, rendezvous: 1000, 'ring-hash': 1000, others: 20_000 }
const PER_SERVICE = [10, 100]
const MOST_BYTES = 1024

export async function memory({ say }) {
  const rows = contenders.map(({ type }) => {
    const sizes = PER_SERVICE.map((size) => measure(type, size))
    say(`${type}: ${sizes.map(bytes).join(' and ')} per endpoint`)
    return { type, sizes }
  })
  return { targets: rows.filter(({ type }) => type === TARGETED).map(target), tables: [table(rows)] }
}

function measure(type, size) {
  const endpoints = ENDPOINTS[type] ?? ENDPOINTS.others
  const args = ['--expose-gc', script, type, `${endpoints / size}`, `${size}`]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })).perEndpoint
}

function target({ type, sizes }) {
  return {
    what: `memory of an endpoint with ${type}, with ${PER_SERVICE.join(' and ')} in a service`,
    target: `<= ${MOST_BYTES} B`,
    measured: sizes.map(bytes).join(', '),
    met: sizes.every((size) => size <= MOST_BYTES),
  }
}

function table(rows) {
  return {
    title: 'Memory of an endpoint',
    about: 'With its part of the pool, of the strategy and of passive ejection; each has answered, and failed, before.',
    head: ['strategy', ...PER_SERVICE.map((size) => `${size} in a service`)],
    lines: rows.map(({ type, sizes }) => [type, ...sizes.map(bytes)]),
  }
}

const bytes = (number) => `${number.toFixed(0)} B`

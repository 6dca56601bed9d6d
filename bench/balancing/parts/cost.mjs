import { execFileSync } from 'node:child_process'
import { contenders } from '../contenders.mjs'

const script = new URL('../cost-of.mjs', import.meta.url).pathname
const QUICK = ['round-robin', 'random', 'p2c', 'peak-ewma', 'maglev']
const QUICK_NS = 200
const OTHERS_NS = 500

export async function cost({ say }) {
  const rows = contenders.map(({ type }) => {
    const sizes = JSON.parse(execFileSync(process.execPath, [script, type], { encoding: 'utf8' }))
    say(`${type}: a pick in ${sizes.map(({ pickNs }) => ns(pickNs)).join(' and ')}`)
    return { type, sizes }
  })
  return { targets: rows.map(target), tables: [table(rows)] }
}

function target({ type, sizes }) {
  const mostNs = QUICK.includes(type) ? QUICK_NS : OTHERS_NS
  return {
    what: `a pick by ${type}, of ${sizes.map(({ size }) => size).join(' and ')}`,
    target: `<= ${mostNs} ns`,
    measured: sizes.map(({ pickNs }) => ns(pickNs)).join(', '),
    met: sizes.every(({ pickNs }) => pickNs <= mostNs),
  }
}

function table(rows) {
  return {
    title: 'What a pick costs',
    about:
      'By how many instances there are. A request: lease, answer and end, through the pool. A change: the first pick after one.',
    head: [
      'strategy',
      ...rows[0].sizes.flatMap(({ size }) => [`pick of ${size}`, `request, of ${size}`, `change, of ${size}`]),
    ],
    lines: rows.map(({ type, sizes }) => [
      type,
      ...sizes.flatMap(({ pickNs, leaseNs, changeMs }) => [ns(pickNs), ns(leaseNs), ms(changeMs)]),
    ]),
  }
}

const ms = (number) => (number < 0.1 ? '< 0.1 ms' : `${number.toFixed(1)} ms`)
const ns = (number) => (number < 5 ? '< 5 ns' : `${number.toFixed(0)} ns`)

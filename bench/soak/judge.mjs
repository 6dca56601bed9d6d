import { median } from '../statistics.mjs'

/** A share of the time is left out at the beginning: caches fill, and the heap takes on its size. */
const SETTLED_AFTER = 0.2
const MOST_GROWTH = 0.1

/** What of it is held against what. */
export function judge({ traffic, capacity, samples, socketsAtRest, socketsLeft, survived, exitCode }) {
  const wrong = [...traffic.wrong.values()].reduce((sum, count) => sum + count, 0)
  const settled = samples.slice(Math.floor(samples.length * SETTLED_AFTER))
  return [
    { what: 'exchanges, at half of', measured: `${traffic.done}, ${capacity.toFixed(0)} a second` },
    {
      what: 'of these came out otherwise than they should',
      target: '0',
      measured: explained(traffic.wrong, wrong),
      met: wrong === 0,
    },
    growth('resident memory of all processes, MiB', settled, ({ residentMiB }) => residentMiB),
    growth('open sockets', settled, ({ sockets }) => sockets),
    growth('open descriptors of any kind', settled, ({ descriptors }) => descriptors),
    {
      what: 'sockets when all have gone, beside those at rest',
      target: '0',
      measured: String(socketsLeft - socketsAtRest),
      met: socketsLeft <= socketsAtRest,
    },
    {
      what: 'the gateway still runs',
      target: 'yes',
      measured: survived,
      met: survived === 'yes',
    },
    {
      what: 'then it drains within three seconds, and ends with the exit code',
      target: '0',
      measured: String(exitCode ?? 'none: it had to be killed'),
      met: exitCode === 0,
    },
  ]
}

const explained = (wrong, count) =>
  [String(count), ...[...wrong].map(([what, times]) => `${what} (${times})`)].join('; ')

/** The first third of the settled time against the last. */
function growth(what, samples, read) {
  const third = Math.floor(samples.length / 3)
  const [early, late] = [samples.slice(0, third), samples.slice(-third)].map((part) => median(part.map(read)) ?? 0)
  return {
    what: `${what}: from the first third to the last, after the first fifth`,
    target: `<= ${MOST_GROWTH * 100} % more`,
    measured: `${early.toFixed(0)} to ${late.toFixed(0)}`,
    met: late <= early * (1 + MOST_GROWTH),
  }
}

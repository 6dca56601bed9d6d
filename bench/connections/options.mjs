import { parseArgs } from 'node:util'

const IDLE = 10_000
const SLOW = 5000
const HONEST = 1000

export const usage = `npm run bench:connections -- [options]

  --idle N        idle keep-alive connections (${IDLE})
  --slow N        connections that send a byte a second (${SLOW})
  --honest N      requests beside them (${HONEST})
  --json          JSON on stdout instead of the table
  With fewer than these it prints, and leaves bench/CONNECTIONS.md alone.
`

/** @throws a one-line error for an unknown option or number */
export function readOptions(argv) {
  const text = (fallback) => ({ type: 'string', default: String(fallback) })
  const { values } = parseArgs({
    args: argv,
    options: {
      idle: text(IDLE),
      slow: text(SLOW),
      honest: text(HONEST),
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const [idle, slow, honest] = ['idle', 'slow', 'honest'].map((name) => whole(name, values[name]))
  const full = idle >= IDLE && slow >= SLOW && honest >= HONEST
  return { help: values.help, json: values.json, idle, slow, honest, full }
}

function whole(name, value) {
  if (!/^[1-9]\d{0,5}$/.test(value)) throw new Error(`--${name}: "${value}" is not a whole number from 1`)
  return Number(value)
}

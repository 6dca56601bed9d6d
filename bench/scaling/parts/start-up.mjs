import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { requestBytes } from '../../closed-loop.mjs'
import { fineCpuMicros } from '../../fine-cpu.mjs'
import { allowedCores, family } from '../../proc.mjs'
import { start } from '../../processes.mjs'
import { median, range } from '../../statistics.mjs'
import { ECHO, launch, written } from '../gateway.mjs'

const STARTS = 12
const WATCHED_STARTS = 5
const EVERY_MS = 4
const PATIENCE_MS = 15_000
const MOST_SECONDS = 0.6
const question = requestBytes({ path: `${ECHO}/1`, fields: ['Connection: close'] })

/** `portolan run` with a static file and a worker, until it has answered for the first time with what an instance said. */
export async function startUp({ dir, say, instance }) {
  const plain = []
  const steps = []
  for (let i = 0; i < STARTS; i++) {
    plain.push(await started({ dir, instance }))
    say(`start ${i + 1}: ${plain.at(-1).ms.toFixed(0)} ms`)
  }
  // Looking takes time itself, so it has starts of its own.
  for (let i = 0; i < WATCHED_STARTS; i++) steps.push(await started({ dir, instance, watched: 'steps' }))
  const seconds = median(plain.map(({ ms }) => ms)) / 1000
  const [least, most] = range(plain.map(({ ms }) => ms / 1000)).map((value) => value.toFixed(2))
  const step = (from, to) => `${median(steps.map((one) => one[to] - one[from])).toFixed(0)} ms`
  return [
    {
      what: `from \`portolan run\` to the first proxied answer, ${STARTS} starts`,
      target: `<= ${MOST_SECONDS} s`,
      measured: `${seconds.toFixed(2)} s (${least}-${most})`,
      met: seconds <= MOST_SECONDS,
    },
    {
      what: 'CPU time until then, of both processes',
      measured: `${median(plain.map(({ cpuMs }) => cpuMs)).toFixed(0)} ms`,
    },
    { what: 'of which, from the start to the first line of the first process', measured: step('spawnedMs', 'beganMs') },
    { what: 'until it starts its worker', measured: step('beganMs', 'forkMs') },
    { what: 'until that listens', measured: step('forkMs', 'listeningMs') },
    { what: 'until the first answer', measured: step('listeningMs', 'answeredMs') },
    { what: 'a process of Node that does nothing', measured: await bareNode(dir) },
  ]
}

const now = () => performance.timeOrigin + performance.now()

async function started(options) {
  const spawnedMs = now()
  const gateway = await launch(options)
  while (!(await answers(gateway.port))) {
    if (gateway.running.hasExited()) throw new Error(`it exited: ${gateway.running.lastWords()}`)
    if (now() - spawnedMs > PATIENCE_MS) throw new Error('no answer')
    await sleep(EVERY_MS)
  }
  const answeredMs = now()
  const cpuMs = fineCpuMicros(family(gateway.running.pid)) / 1000
  await gateway.stop()
  const seen = options.watched ? await written(gateway, gateway.running.pid) : {}
  return { ...seen, spawnedMs, answeredMs, cpuMs, ms: answeredMs - spawnedMs }
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(question))
    socket.once('data', (chunk) => {
      socket.destroy()
      resolve(chunk.latin1Slice(9, 12) === '200')
    })
    socket.on('error', () => resolve(false)).on('close', () => resolve(false))
  })
}

async function bareNode(dir) {
  const times = []
  for (let i = 0; i < STARTS; i++) {
    const begunMs = now()
    await start({ command: process.execPath, args: ['-e', '0'], core: allowedCores().join(), dir }).exited
    times.push(now() - begunMs)
  }
  return `${median(times).toFixed(0)} ms`
}

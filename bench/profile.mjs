// Says where the CPU time of a small GET goes; see docs/performance.md.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { portolanOneProcess } from './candidates/portolan.mjs'
import { enter, say } from './entry.mjs'
import { freePort, get } from './http.mjs'
import { machine, ownVersions } from './machine.mjs'
import { allowedCores, cpuMicros } from './proc.mjs'
import { start } from './processes.mjs'
import { sharesOf } from './profile/groups.mjs'
import { buildPortolan, prepareTools } from './tools.mjs'
import { startUpstream } from './upstream.mjs'
import { workFolder } from './work-folder.mjs'

const WARMUP_SECONDS = 3
const SECONDS = 5
const CONNECTIONS = 64
const PATH = '/services/echo/bytes'
const LEAST_SHARE = 0.001

await enter(main)

async function main() {
  const { closed } = prepareTools(say)
  buildPortolan(say)
  const [core, loadCore] = allowedCores()
  const [dir, upstreamDir, loadDir] = folders(workFolder(), 'gateway', 'upstream', 'load')
  const { ports } = await startUpstream({ core: loadCore, dir: upstreamDir })
  const [port, adminPort] = [await freePort(), await freePort()]
  const file = join(dir, 'profile.json')
  const { command, args } = portolanOneProcess.command({ dir, port, adminPort, upstreams: ports })
  const inside = fileURLToPath(new URL('profile/inside.mjs', import.meta.url))
  const running = start({
    command: 'env',
    args: [`PORTOLAN_PROFILE=${file}`, command, '--import', inside, ...args],
    core,
    dir,
  })
  await get(port, PATH, { until: 200, unless: running })
  const load = (seconds) =>
    closed.run({
      port,
      path: PATH,
      secure: false,
      method: 'GET',
      headers: {},
      bodyBytes: 0,
      connections: CONNECTIONS,
      seconds,
      core: loadCore,
      dir: loadDir,
    })
  await load(WARMUP_SECONDS)
  process.kill(running.pid, 'SIGUSR2')
  const before = cpuMicros(running.pid)
  const { requests, errors } = await load(SECONDS)
  const micros = (cpuMicros(running.pid) - before) / requests
  if (errors > 0) throw new Error(`${errors} requests went wrong`)
  process.kill(running.pid, 'SIGUSR2')
  const shares = sharesOf(await profileIn(file)).filter(([, share]) => share >= LEAST_SHARE)
  const page = markdown(shares, micros)
  process.stdout.write(page)
  writeFileSync(new URL('PROFILE.md', import.meta.url), page)
}

function folders(parent, ...names) {
  return names.map((name) => {
    const folder = join(parent, name)
    mkdirSync(folder)
    return folder
  })
}

async function profileIn(file) {
  for (;;) {
    try {
      return JSON.parse(readFileSync(file, 'utf8'))
    } catch {
      await sleep(100) // not written yet, or not all of it
    }
  }
}

function markdown(shares, micros) {
  const rows = shares.map(
    ([group, share]) => `| ${group} | ${(share * 100).toFixed(1)} | ${(share * micros).toFixed(2)} |`,
  )
  return `# Where the time goes

Written by \`npm run bench:profile\`. What follows from it: [docs/performance.md](../docs/performance.md).

- Date: ${new Date().toISOString()}
- Machine: ${machine()}
- Versions: ${ownVersions().join(', ')}
- One process, all defaults, ${CONNECTIONS} connections, ${SECONDS} s of small GETs after ${WARMUP_SECONDS} s of warm-up: ${micros.toFixed(1)} µs of CPU a request, the profiler's
  own included

| what | % | µs a request |
| --- | ---: | ---: |
${rows.join('\n')}
`
}

// Preloaded into the gateway: the first SIGUSR2 begins a CPU profile, the second one writes it to $PORTOLAN_PROFILE.
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'

const EVERY_MICROS = 200

const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.setSamplingInterval', { interval: EVERY_MICROS })
let running = false

process.on('SIGUSR2', async () => {
  running = !running
  if (running) return session.post('Profiler.start')
  const { profile } = await session.post('Profiler.stop')
  writeFileSync(process.env.PORTOLAN_PROFILE, JSON.stringify(profile))
})

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const SERVER = fileURLToPath(new URL('./websocket-server.mjs', import.meta.url))

/** An instance that echoes, as a process of its own: there to be killed. Gone with the test. */
export async function startWebSocketProcess(): Promise<{ address: string; kill(): Promise<void> }> {
  const child = fork(SERVER)
  onTestFinished(() => kill(child))
  const [port] = await once(child, 'message')
  return { address: `127.0.0.1:${port}`, kill: () => kill(child) }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

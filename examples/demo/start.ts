/** `npm start`: three instances of two services, and the gateway in front of them, as `config/gateway.yaml` says. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { startServices } from './services.js'

const gateway = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))

console.log(`
Three demo instances listen on 127.0.0.1:3001, 3002 (service_1) and 3003 (service_2); the gateway on port 8080. Try:

  curl http://127.0.0.1:8080/services/service_1/user?id=1
  curl http://127.0.0.1:8080/services/service_2/
  curl -H 'service_name: service_1' -H 'api_name: /user?id=1' http://127.0.0.1:8080/
  curl http://127.0.0.1:9080/readyz
  curl http://127.0.0.1:9080/metrics

Edit config/services.yaml and save it: the gateway follows. Ctrl-C drains and ends.
`)
await startServices().catch((error: Error) => {
  console.error(`the demo services cannot start: ${error.message}`)
  process.exit(1)
})
const running = spawn(process.execPath, [gateway, 'run', 'config/gateway.yaml'], { stdio: 'inherit' })
// Ctrl-C reaches the gateway by itself, since it reaches the whole group; a SIGTERM comes to this process alone.
process.on('SIGTERM', () => running.kill('SIGTERM')).on('SIGINT', () => undefined)
running.once('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))

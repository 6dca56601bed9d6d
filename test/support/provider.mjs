/**
 * An instance of a service as a process: registers itself by the library and behaves as it is told. On SIGTERM it ends
 * without losing a request. It does not outlive its parent.
 *
 *   fork('provider.mjs', [JSON.stringify({ registry, service, port, behaviour })])
 * @module
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { register } from 'portolan'

const SERVICE_MS = 5
/** Gateways have heard by then that the registration has been taken back. */
const GRACE_MS = 1000

const { registry, service, port, behaviour } = JSON.parse(process.argv[2])

const behaviours = {
  well: (answer) => void setTimeout(answer, SERVICE_MS, 200),
  slowly: (answer) => void setTimeout(answer, 20 * SERVICE_MS, 200),
  /** At once, as what is broken often is: the more it is asked, the more it answers. */
  failing: (answer) => answer(500),
  silent: () => {},
}
const behave = behaviours[behaviour]

const server = createServer((request, response) => {
  request.resume()
  behave((status) => {
    const known = request.url?.startsWith('/user?id=') ?? false
    response.writeHead(known ? status : 404, { 'content-type': 'text/plain', 'x-instance': id }).end('It is a user.')
  })
})
server.listen(port, '127.0.0.1')
await once(server, 'listening')
const id = `127.0.0.1:${server.address().port}`

const registration = await register({ registry }, service, id)

process.once('disconnect', () => process.exit(1))
process.once('SIGTERM', async () => {
  await registration.close()
  await sleep(GRACE_MS)
  server.close(() => process.exit(0))
})
process.send({ id })

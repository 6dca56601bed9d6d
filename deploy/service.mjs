// A service to be found: `/` says which it is, `/user?id=1` looks up a user. Its name is SERVICE_NAME, as in service_1.
import { createServer } from 'node:http'
import { hostname } from 'node:os'

const number = process.env.SERVICE_NAME.match(/\d+$/)[0]

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://service')
  const answer = {
    '/': () => `This is Service ${number}.`,
    '/user': () => `It's user ${searchParams.get('id')}.`,
  }[pathname]
  response.statusCode = answer ? 200 : 404
  response.setHeader('content-type', 'text/plain')
  response.setHeader('x-instance', hostname())
  response.end(answer ? answer() : 'No such page.')
})

// Longer than the gateway keeps an unused connection: it, not the service, is the one to close.
server.keepAliveTimeout = 60_000
server.listen(8080)
process.once('SIGTERM', () => server.close())

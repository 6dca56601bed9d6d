// What a connection costs in bare Node: `node bare-server.mjs PORT`.
import { createServer } from 'node:http'

const server = createServer({ keepAliveTimeout: 600_000 }, (_request, response) => response.end('ok'))
server.listen(Number(process.argv[2]), '127.0.0.1')

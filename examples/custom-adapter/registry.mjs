// A registry to try the adapter with: answers with services.json, read anew for each request. Edit it and watch.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const file = new URL('services.json', import.meta.url)
createServer((_request, response) => response.end(readFileSync(file))).listen(8500, '127.0.0.1')

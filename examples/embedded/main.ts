import { serve } from '@hono/node-server'
import { createShop } from './app.ts'

const { fetch, close } = await createShop('examples/embedded/gateway.yaml')
const server = serve({ fetch, hostname: '127.0.0.1', port: 8081 })
process.once('SIGINT', () => server.close(() => close()))

import { startOrders } from './service.ts'

const { address, close } = await startOrders('examples/self-registering/gateway.yaml')
process.stdout.write(`orders on ${address}, registered\n`)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, close)

export { LiveEndpoint } from './endpoint.ts'
export { Lease } from './lease.ts'
export { Pool } from './pool.ts'

export { LiveEndpoint } from './endpoint.ts'
export { guarded } from './guarded.ts'
export { Lease } from './lease.ts'
export { Pool } from './pool.ts'

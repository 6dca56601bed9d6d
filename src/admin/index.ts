export { type AdminOptions, createAdminApp } from './app.ts'
export { Metrics } from './metrics.ts'

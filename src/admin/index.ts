export { type AdminOptions, createAdminApp } from './app.ts'
export { Metrics } from './metrics.ts'
export {
  type InstanceReport,
  type RegistryReport,
  registryReport,
  type ServiceReport,
  serviceReports,
} from './reports.ts'
export { Standings } from './standings.ts'

export { type EjectionReason, type OutlierOptions, type OutlierSettings, Outliers } from './outliers.ts'
export { reaches } from './reaches.ts'

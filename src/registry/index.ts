export { Directory } from './directory.ts'
export { fullJitter } from './follow.ts'
export { Registry, type RegistryState, type RegistryStatus } from './registry.ts'
export { fullUpdate, type RegistryUpdate } from './update.ts'

export { listen } from './data-plane.ts'
export { drain } from './drain.ts'
export { type Running, run } from './run.ts'

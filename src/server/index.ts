export { drain } from './drain.ts'
export { listen } from './listen.ts'
export { run } from './run.ts'
export type { Running } from './running.ts'

export { Pressure, type Shortage } from './pressure.ts'
export { watchLoad } from './watch.ts'

export { Splice } from './splice.ts'
export { Tunnels } from './tunnels.ts'

export { SwitchingOutgoing } from './switching-outgoing.ts'
export { Tunnels } from './tunnels.ts'

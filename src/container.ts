import { bindControlPlane } from './container/control-plane.ts'
import { bindDataPlane } from './container/data-plane.ts'
import { type GatewayInputs, newScopeWith } from './container/root.ts'
import type { Scope } from './di.ts'

export { controlPlaneOf } from './container/control-plane.ts'
export { dataPlaneOf, explainerOf } from './container/data-plane.ts'

/** The one place that wires is what is in `container/`. This is a gateway with both planes, in one process. */
export function newGatewayScope(inputs: GatewayInputs): Scope {
  return newScopeWith([bindControlPlane, bindDataPlane], inputs)
}

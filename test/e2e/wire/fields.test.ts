import { cases as forwarding } from './cases/forwarding.ts'
import { cases as hopByHop } from './cases/hop-by-hop.ts'
import { cases as requestFields } from './cases/request-fields.ts'
import { cases as responseFields } from './cases/response-fields.ts'
import { wireTests } from './rig/suite.ts'

wireTests([...forwarding, ...hopByHop, ...requestFields, ...responseFields])

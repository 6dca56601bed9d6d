import { cases as expectations } from './cases/expectations.ts'
import { cases as interim } from './cases/interim.ts'
import { cases as trailers } from './cases/trailers.ts'
import { wireTests } from './rig/suite.ts'

wireTests([...interim, ...expectations, ...trailers])

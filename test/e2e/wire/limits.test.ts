import { cases as concurrency } from './cases/concurrency.ts'
import { cases as endless } from './cases/limits-endless.ts'
import { cases as floods } from './cases/limits-floods.ts'
import { cases as heads } from './cases/limits-heads.ts'
import { cases as slow } from './cases/limits-slow.ts'
import { wireTests } from './rig/suite.ts'

wireTests([...concurrency, ...endless, ...floods, ...heads, ...slow])

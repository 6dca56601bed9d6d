import { cases as floods } from './cases/limits-floods.ts'
import { cases as heads } from './cases/limits-heads.ts'
import { cases as slow } from './cases/limits-slow.ts'
import { wireTests } from './rig/suite.ts'

wireTests([...floods, ...heads, ...slow])

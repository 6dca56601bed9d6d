import { cases as bodiless } from './cases/responses-bodiless.ts'
import { cases as broken } from './cases/responses-broken.ts'
import { cases as heads } from './cases/responses-heads.ts'
import { cases as lengths } from './cases/responses-lengths.ts'
import { cases as versions } from './cases/responses-versions.ts'
import { wireTests } from './rig/suite.ts'

wireTests([...bodiless, ...broken, ...heads, ...lengths, ...versions])

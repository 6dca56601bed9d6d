import { cases as bodies } from './cases/framing-bodies.ts'
import { cases as chunks } from './cases/framing-chunks.ts'
import { cases as codings } from './cases/framing-codings.ts'
import { cases as connections } from './cases/framing-connections.ts'
import { cases as fields } from './cases/framing-fields.ts'
import { cases as hosts } from './cases/framing-hosts.ts'
import { cases as lengths } from './cases/framing-lengths.ts'
import { cases as lineEnds } from './cases/framing-line-ends.ts'
import { cases as pipelining } from './cases/framing-pipelining.ts'
import { cases as targets } from './cases/framing-targets.ts'
import { cases as truncated } from './cases/framing-truncated.ts'
import { cases as unwanted } from './cases/framing-unwanted.ts'
import { wireTests } from './rig/suite.ts'

wireTests([
  ...bodies,
  ...chunks,
  ...codings,
  ...connections,
  ...fields,
  ...hosts,
  ...lengths,
  ...lineEnds,
  ...pipelining,
  ...targets,
  ...truncated,
  ...unwanted,
])

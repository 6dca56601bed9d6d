import { cases as crowds } from './cases/crowds.ts'
import { cases as proxyProtocol } from './cases/proxy-protocol.ts'
import { cases as tls } from './cases/tls.ts'
import { wireTests } from './rig/suite.ts'

wireTests([...crowds, ...proxyProtocol, ...tls])

import { cases as upgradeHandshakes } from './cases/upgrade-handshakes.ts'
import { cases as upgradeTunnels } from './cases/upgrade-tunnels.ts'
import { wireTests } from './rig/suite.ts'

wireTests([...upgradeHandshakes, ...upgradeTunnels])

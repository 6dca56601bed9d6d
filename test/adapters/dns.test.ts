import { describe, it } from 'vitest'
import { dns } from '../../adapters/dns.ts'
import { adapterContract } from '../contract/index.ts'
import { dnsHarness } from '../support/dns-rig.ts'

describe('DNS, as an adapter', () => {
  for (const law of adapterContract(dns, dnsHarness)) it(law.name, law.run)
})

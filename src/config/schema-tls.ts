import { z } from 'zod'
import { defaults } from './defaults.ts'
import { described, headerName, text } from './fields.ts'

const cert = described(text(), 'PEM file of the certificate, with those between it and its authority.')
const key = described(text(), 'PEM file of its key.')

const clients = z.strictObject({
  ca: described(text(), 'PEM file of the authorities that may have signed them.'),
  required: described(z.boolean(), 'Whether a client without a certificate is turned away.').prefault(
    defaults.tlsClients.required,
  ),
  header: described(headerName(), 'The request header that tells instances whose certificate it is.').prefault(
    defaults.tlsClients.header,
  ),
})

/** How clients are met by TLS. */
export const tlsSchema = z.strictObject({
  cert,
  key,
  certificates: described(
    z.array(z.strictObject({ cert, key })),
    'More of them; the client is shown the one that bears the name that it asks for.',
  ).prefault([]),
  minVersion: described(z.enum(['TLSv1.2', 'TLSv1.3']), 'The oldest version that is spoken.').prefault(
    defaults.tls.minVersion,
  ),
  clients: described(clients.nullable(), 'Certificates that clients must show; null for none.').prefault(
    defaults.tls.clients,
  ),
})

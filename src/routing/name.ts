import { GatewayError } from '../errors.ts'
import { isServiceName } from '../plugin/index.ts'

/**
 * After this a name is safe in a message, a log line and a lookup. It is never a path, whatever it spells.
 *
 * @throws GW_BAD_REQUEST that does not repeat the name
 */
export function checkServiceName(name: string, where: string): void {
  if (isServiceName(name)) return
  throw new GatewayError(
    'GW_BAD_REQUEST',
    `the service name in ${where} is not 1 to 128 letters, digits, ".", "_", ":" or "-"`,
  )
}

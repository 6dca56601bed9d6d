import { GatewayError } from '../errors.ts'

const SERVICE_NAME = /^[A-Za-z0-9._:-]{1,128}$/

export const isServiceName = (name: string): boolean => SERVICE_NAME.test(name)

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

/** One answer for a service that is unknown and for one that is not exposed: callers cannot tell them apart. */
export function serviceNotFound(name: string): GatewayError {
  return new GatewayError('GW_SERVICE_NOT_FOUND', `no service "${name}"`)
}

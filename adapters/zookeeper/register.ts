import { type Instance, isServiceName, type PluginContext, SERVICE_NAME } from '../../src/plugin/index.ts'
import { formOf } from './forms.ts'
import type { Options } from './options.ts'
import { type Connect, Registrar } from './registrar.ts'

/**
 * Holds `instance` under `service` until `signal` aborts, in the form that it names, or else that of the options.
 *
 * @throws what `formOf` and `Registrar.hold` throw; TypeError when the service cannot be a node
 */
export async function register(
  service: string,
  instance: Instance,
  signal: AbortSignal,
  { root, layout, metadata }: Options,
  context: PluginContext,
  connect: Connect,
): Promise<void> {
  if (!isServiceName(service) || /^\.\.?$/.test(service))
    throw new TypeError(`${JSON.stringify(service)} is not a service name (${SERVICE_NAME.source})`)
  const { name, data } = formOf(instance.layout ?? layout, service, instance, metadata)
  const path = `${root === '/' ? '' : root}/${service}/${name}`
  await new Registrar({ path, data }, context, connect).hold(signal)
}

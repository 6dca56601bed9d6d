import { fieldsOf } from './content.ts'
import { byName, endpointOf, named } from './endpoints.ts'
import { made } from './facts.ts'
import type { Layout } from './layout.ts'
import { partsOf } from './parts.ts'

/**
 * go-kratos, `contrib/registry/zookeeper/register.go`: `/microservices/<name>/<id>` =
 * `{"id":"…","name":"helloworld","version":"v1","metadata":{},"endpoints":["http://127.0.0.1:8000?isSecure=false","grpc://127.0.0.1:9000?isSecure=false"]}`.
 * The endpoint over HTTP, unless another scheme is named.
 */
export const kratos: Layout = {
  recognises: ({ json }) => isListOfUrls(fieldsOf(json).endpoints),
  child({ fields }, wanted) {
    if (!Array.isArray(fields.endpoints)) throw new Error('"endpoints" is not a list')
    const { read, ...rest } = partsOf(fields.endpoints, 'endpoints', endpointOf)
    const endpoints = byName(read.map((one) => [one.scheme, one]))
    const usual = endpoints.has('https') ? 'https' : 'http'
    const { scheme, host, port, query } = named(endpoints, wanted.port ?? usual)
    const tls = scheme === 'https' || query.get('isSecure') === 'true'
    const { version, metadata } = fields
    return { ...made('kratos', { host, port, tls, version, metadata }, wanted), ...rest }
  },
}

function isListOfUrls(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string' && one.includes('://'))
  )
}

/** What a key is when the file does not set it, as it would be written in the file. The type of the `registry` has no default. */
export const defaults = {
  server: {
    host: '0.0.0.0',
    port: 8080,
    workers: 'auto',
    drain: { acceptGrace: '0s', timeout: '30s' },
    limits: {
      headerBytes: '16KiB',
      headerTimeout: '10s',
      bodyBytes: null,
      connections: null,
      keepAliveTimeout: '65s',
    },
  },
  registry: { merge: 'union', onEmpty: 'hold', settle: 'auto', snapshot: './portolan-snapshot.json' },
  headersRouting: { mode: 'headers', service: 'service_name', api: 'api_name' },
  pathRouting: { mode: 'path', prefix: '/services' },
  expose: { allow: ['*'], deny: [] as string[] },
  balancing: 'p2c',
  upstream: { connectTimeout: '1s', responseTimeout: '30s', idleTimeout: '4s', connections: 128 },
  retry: { attempts: 3 },
  admin: { host: '127.0.0.1', port: 9080, token: null },
  log: { level: 'info', access: true },
} as const

import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Paths of PEM files, by openssl. */
export interface Certificates {
  readonly directory: string
  /** Of the authority that signed the others. */
  readonly ca: string
  /** For `localhost`, 127.0.0.1 and ::1; the second has its key before it. */
  readonly server: { readonly cert: string; readonly key: string; readonly both: string }
  readonly client: { readonly cert: string; readonly key: string }
  remove(): Promise<void>
}

export async function certificates(): Promise<Certificates> {
  const directory = await mkdtemp(join(tmpdir(), 'certificates-'))
  const at = (name: string) => join(directory, name)
  const openssl = (...args: string[]) => run('openssl', args, { cwd: directory })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  await openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=test CA')
  const signed = async (name: string, extensions: string) => {
    await writeFile(at(`${name}.ext`), extensions)
    await openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`)
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', `${name}.ext`]
    await openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...by)
    return { cert: at(`${name}.pem`), key: at(`${name}.key`) }
  }
  const server = await signed('server', 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1')
  const client = await signed('client', 'extendedKeyUsage=clientAuth')
  const { stdout } = await run('cat', [server.key, server.cert])
  await writeFile(at('both.pem'), stdout)
  const remove = () => rm(directory, { recursive: true, force: true })
  return { remove, directory, ca: at('ca.pem'), server: { ...server, both: at('both.pem') }, client }
}

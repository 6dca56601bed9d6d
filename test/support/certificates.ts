import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Pair {
  readonly cert: string
  readonly key: string
}

/** Paths of PEM files, by openssl. */
export interface Certificates {
  readonly directory: string
  /** Of the authority that signed the others. */
  readonly ca: string
  /** For `localhost`, 127.0.0.1 and ::1; the second has its key before it. */
  readonly server: Pair & { readonly both: string }
  readonly client: Pair
  /** Signs another, by the same authority: the name of its files, its extensions in openssl's words, its subject. */
  sign(name: string, extensions: string, subject?: string, days?: number): Promise<Pair>
  remove(): Promise<void>
}

export async function certificates(): Promise<Certificates> {
  const directory = await mkdtemp(join(tmpdir(), 'certificates-'))
  const at = (name: string) => join(directory, name)
  const openssl = (...args: string[]) => run('openssl', args, { cwd: directory })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  await openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=test CA')
  const sign = async (name: string, extensions: string, subject = `/CN=${name}`, days = 2): Promise<Pair> => {
    await writeFile(at(`${name}.ext`), extensions)
    await openssl('req', '-utf8', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject)
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', `${days}`, '-extfile', `${name}.ext`]
    await openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...by)
    return { cert: at(`${name}.pem`), key: at(`${name}.key`) }
  }
  const server = await sign('server', 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1')
  const client = await sign('client', 'extendedKeyUsage=clientAuth')
  const { stdout } = await run('cat', [server.key, server.cert])
  await writeFile(at('both.pem'), stdout)
  const remove = () => rm(directory, { recursive: true, force: true })
  return { remove, sign, directory, ca: at('ca.pem'), server: { ...server, both: at('both.pem') }, client }
}

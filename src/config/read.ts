import { readFile } from 'node:fs/promises'
import { reasonOf } from '../tls/files.ts'
import { ConfigError } from './problems.ts'

/** @throws ConfigError that says why the file cannot be read */
export async function readConfig(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error) => unreadable(file, error))
}

function unreadable(file: string, error: NodeJS.ErrnoException): never {
  throw new ConfigError([{ file, line: 0, column: 0, path: '', message: reasonOf(error) }])
}

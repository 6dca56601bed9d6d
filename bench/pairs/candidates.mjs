import { resolve } from 'node:path'
import { nginx } from '../candidates/nginx.mjs'
import { portolan, portolanOneProcess, portolanQuiet } from '../candidates/portolan.mjs'
import { services } from '../cases/services.mjs'

/** What is compared: `one` with the `other`; `most`: the target of the ratio, where there is one. */
export const pairs = [
  { what: 'small GET', one: portolan, other: nginx, most: 1.8 },
  { what: 'small GET with the log off (metrics stay)', one: portolanQuiet, other: nginx, most: 1.6 },
  { what: 'small GET in one process', one: portolanOneProcess, other: nginx },
  { what: '10,000 services in the table', one: services.candidates.at(-1), other: portolan, most: 1.05 },
]

export const programIn = (folder) => resolve(folder, 'dist/src/cli/main.js')

/** The gateway that is built here, and the one that is built in another folder. */
export function builtIn(folder) {
  const other = {
    ...portolan,
    name: `portolan in ${folder}`,
    command(options) {
      const { command, args } = portolan.command(options)
      return { command, args: [programIn(folder), ...args.slice(1)] }
    },
  }
  return { what: 'small GET', one: portolan, other }
}

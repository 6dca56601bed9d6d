import { spawnSync } from 'node:child_process'

export function has(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
}

/** Why a program cannot be used, with what would help; undefined: it can. */
export function missingProgram(program, debianPackage = program) {
  return has(program) ? undefined : `${program} is not installed (Debian: apt-get install ${debianPackage})`
}

/** What `pattern` finds in the first words of a program; undefined when it is not there. */
export function versionOf(program, argument, pattern) {
  const { stdout, stderr } = spawnSync(program, [argument], { encoding: 'utf8' })
  return `${stdout ?? ''}${stderr ?? ''}`.match(pattern)?.[1]
}

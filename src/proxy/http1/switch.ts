import { violation } from '../violation.ts'

/**
 * RFC 9110 7.8: a 101 with these fields is a switch to `protocol`, in lower case, and to nothing else; null: none was asked for.
 *
 * @throws UpstreamError `protocol`
 */
export function assertSwitchesTo(protocol: string | null, headers: readonly string[]): void {
  if (protocol === null) throw violation('101 without being asked to switch protocols')
  let upgrade: string | undefined
  let connection = ''
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase()
    const value = headers[i + 1]!.toLowerCase()
    if (name === 'upgrade') upgrade = upgrade === undefined ? value : `${upgrade}, ${value}`
    if (name === 'connection') connection += `${value},`
  }
  const isSwitch = upgrade === protocol && connection.split(',').some((option) => option.trim() === 'upgrade')
  if (!isSwitch) throw violation('101 for another protocol than was asked for')
}

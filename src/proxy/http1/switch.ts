/** Whether a 101 with these fields is a switch to `protocol`, in lower case, and to nothing else. */
export function switchesTo(protocol: string, headers: readonly string[]): boolean {
  let upgrade: string | undefined
  let connection = ''
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase()
    const value = headers[i + 1]!.toLowerCase()
    if (name === 'upgrade') upgrade = upgrade === undefined ? value : `${upgrade}, ${value}`
    if (name === 'connection') connection += `${value},`
  }
  return upgrade === protocol && connection.split(',').some((option) => option.trim() === 'upgrade')
}

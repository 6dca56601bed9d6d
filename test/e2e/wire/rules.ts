/** What a gateway owes, in rules that are numbered through: the parts of the list, each with its last rule. */
export const GROUPS = [
  [26, 'Framing of requests, smuggling'],
  [38, 'Framing of responses'],
  [58, 'Hop-by-hop and forwarding fields'],
  [66, 'Methods, status, interim answers, trailers'],
  [73, 'Bodies, back-pressure, aborts'],
  [79, 'Upgrades'],
  [89, 'Time-outs and retries'],
  [98, 'Limits'],
  [108, 'TLS and HTTP/2'],
  [113, 'Host, path, routing'],
  [116, 'Answers of the gateway itself'],
  [122, 'Faults of the registry'],
  [124, 'Faults of processes'],
  [125, 'PROXY protocol'],
] as const

export function groupOf(rule: number): string {
  const group = GROUPS.find(([last]) => rule <= last)
  if (!group) throw new Error(`no group has rule ${rule}`)
  return group[1]
}

/** The rules of a group, as `27-38`. */
export function rulesOf(title: string): string {
  const at = GROUPS.findIndex(([, found]) => found === title)
  const [first, last] = [(GROUPS[at - 1]?.[0] ?? 0) + 1, GROUPS[at]![0]]
  return first === last ? String(first) : `${first}-${last}`
}

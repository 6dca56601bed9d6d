/** Names that survive no mutation: one byte less or other, and it is no mark any more. */
export const requestMark = (number, at) => sealed(`q${number}.${at}`)
export const responseMark = (number, at) => sealed(`s${number}.${at}`)

/** @returns the case and the place that a response mark names, or undefined for what is none */
export function readResponseMark(text) {
  const [, name, number, at] = /^(s(\d+)\.(\w+))-\w+$/.exec(text) ?? []
  return name !== undefined && sealed(name) === text ? { number: Number(number), at } : undefined
}

function sealed(name) {
  let sum = 0x811c9dc5
  for (let i = 0; i < name.length; i++) sum = Math.imul(sum ^ name.charCodeAt(i), 0x01000193)
  return `${name}-${(sum >>> 0).toString(36)}`
}

/** Every case comes from an address of its own: what reaches an instance names it, whatever became of the rest. */
export const addressOf = (number) => `127.${1 + ((number >> 16) & 63)}.${(number >> 8) & 255}.${number & 255}`

export function caseOf(address) {
  const [, high, middle, low] = address.split('.').map(Number)
  return ((high - 1) << 16) | (middle << 8) | low
}

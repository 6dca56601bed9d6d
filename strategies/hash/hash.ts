/** 32 bits of `text` in which every bit depends on every character: FNV-1a, then the finaliser of MurmurHash3. */
export function hash(text: string, seed = 0): number {
  let mixed = 0x811c9dc5 ^ seed
  for (let at = 0; at < text.length; at++) mixed = Math.imul(mixed ^ text.charCodeAt(at), 0x01000193)
  return mix(mixed)
}

/** fmix32 of MurmurHash3 (Appleby): a bijection of 32 bits; half of the result changes with any bit. */
export function mix(bits: number): number {
  let mixed = bits
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

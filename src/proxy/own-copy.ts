/**
 * The same text in latin1, in one piece of its own. A slice keeps all of the text alive that it was cut from, and what is put
 * together of pieces is put together by each write.
 */
export function ownCopy(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

/**
 * The same text, in one piece of its own. A slice keeps all of the text alive that it was cut from, and what is put together of
 * pieces is put together by each write.
 */
export function ownCopy(text: string): string {
  // Not latin1: it would make another character of one above 255, and that could be a line feed.
  return Buffer.from(text).toString()
}

const MOST_OF_A_VALUE = 60
const MOST_OF_A_MESSAGE = 240

/** A value as a message shows it: short, and on one line. */
export function quoted(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  return typeof value === 'string' ? JSON.stringify(cut(value, MOST_OF_A_VALUE)) : String(value)
}

export function cut(text: string, most = MOST_OF_A_MESSAGE): string {
  return text.length > most ? `${text.slice(0, most)}…` : text
}

/**
 * Runs what reads a znode, whatever is in there.
 *
 * @throws Error with a short message, and no other kind
 */
export function safely<Result>(read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    throw new Error(reasonOf(error))
  }
}

/** Short, and without characters that a terminal or a log would act upon. */
export function reasonOf(error: unknown): string {
  const { message } = error as Error
  return message === 'Maximum call stack size exceeded'
    ? 'the data is nested too deeply'
    : cut(message).replace(/\p{C}/gu, '\ufffd')
}

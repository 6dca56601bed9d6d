/** What clients may ask for and a registry may hold. Such a name is safe in a message, a log line, a label and a look-up. */
export const SERVICE_NAME = /^[A-Za-z0-9._:-]{1,128}$/

export const isServiceName = (name: unknown): name is string => typeof name === 'string' && SERVICE_NAME.test(name)

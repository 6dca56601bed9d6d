/**
 * Stands for every request that nobody looks at. Hono alone asks for its method, to know whom to call, and all are called by GET:
 * for HEAD it would make a response of its own, which knows no status above 599.
 */
export const UNSEEN = { method: 'GET' } as Request

export { createRouter } from './create.ts'
export type { Route, RouteRequest, Router } from './router.ts'
export { parseTarget } from './target.ts'

export { serviceNotFound } from './name.ts'
export { createRouter, type Route, type RouteRequest, type Router } from './router.ts'
export { parseTarget } from './target.ts'

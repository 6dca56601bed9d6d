export { serviceNotFound } from './name.ts'
export { createRouter, type Route, type Router, type RouteRequest } from './router.ts'

import { best } from '../candidates/index.mjs'

const requestFields = Array.from({ length: 20 }, (_, at) => [`X-Request-${at}`, `a value of thirty characters ${at}`])

/** @type {import('./index.mjs').Case} */
export const manyFields = {
  name: 'fields-20',
  does: 'GETs with 20 more header fields, answered with 150 bytes and 20 more fields, 64 keep-alive connections',
  path: '/fields',
  headers: Object.fromEntries(requestFields),
  candidates: best,
}

import { best, two } from '../candidates/index.mjs'

const upload = (name, bodyBytes, candidates, does) => ({ name, does, method: 'POST', bodyBytes, candidates })

/** @type {import('./index.mjs').Case[]} */
export const uploads = [
  upload('post-1kb', 1e3, two, 'POSTs of 1,000 bytes, answered with 150, 64 keep-alive connections'),
  upload('post-64kb', 64e3, best, 'POSTs of 64,000 bytes, answered with 150, 64 keep-alive connections'),
]

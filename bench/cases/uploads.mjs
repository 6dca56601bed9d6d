import { best } from '../candidates/index.mjs'

const upload = (name, bodyBytes, does) => ({ name, does, method: 'POST', bodyBytes, candidates: best })

/** @type {import('./index.mjs').Case[]} */
export const uploads = [
  upload('post-1kb', 1e3, 'POSTs of 1,000 bytes, answered with 150, 64 keep-alive connections'),
  upload('post-64kb', 64e3, 'POSTs of 64,000 bytes, answered with 150, 64 keep-alive connections'),
]

import { best, two } from '../candidates/index.mjs'
import { files } from '../upstream.mjs'

const response = ({ size, ...about }) => ({
  name: `response-${size}`,
  path: `/${size}`,
  answerBytes: files[`/${size}`],
  candidates: best,
  ...about,
})

/** @type {import('./index.mjs').Case[]} */
export const responses = [
  response({ size: '1kb', does: 'GETs answered with 1,000 bytes, 64 keep-alive connections', candidates: two }),
  response({ size: '64kb', does: 'GETs answered with 64,000 bytes, 64 keep-alive connections' }),
  response({
    size: '1mb',
    does: 'GETs answered with 1,000,000 bytes, 16 keep-alive connections',
    connections: 16,
    per: 'MB',
  }),
  response({
    size: '100mb',
    does: 'GETs answered with 100,000,000 bytes, two keep-alive connections',
    connections: 2,
    per: 'MB',
  }),
]

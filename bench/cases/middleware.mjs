import { portolanWith } from '../candidates/portolan.mjs'

const gateway = (type, options, about) =>
  portolanWith({
    name: type,
    does: `portolan, middleware: ${type}`,
    settings: { middleware: [{ type, options }] },
    ...about,
  })

const basic = Buffer.from('user:secret').toString('base64')

/** @type {import('./index.mjs').Case} */
export const middleware = {
  name: 'middleware',
  does: 'Portolan without any middleware, as it is by default, and with each that comes with it; GETs answered with 150 bytes, which `compress` leaves as they are, 64 keep-alive connections',
  headers: { origin: 'https://shop.example.com', 'accept-encoding': 'gzip' },
  candidates: [
    portolanWith({ name: 'no-middleware', does: 'portolan, all of its defaults' }),
    gateway('request-id'),
    gateway('cors', { origin: 'https://shop.example.com' }),
    gateway('compress'),
    gateway('etag'),
    gateway('secure-headers'),
    gateway('basic-auth', { username: 'user', password: 'secret' }, { headers: { authorization: `Basic ${basic}` } }),
    gateway('bearer-auth', { token: 'secret' }, { headers: { authorization: 'Bearer secret' } }),
  ],
}

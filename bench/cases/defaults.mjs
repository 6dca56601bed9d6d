import { portolanWith } from '../candidates/portolan.mjs'

const without = (what, settings) =>
  portolanWith({ name: `without-${what}`, does: `portolan, ${JSON.stringify(settings)}`, settings })

/** @type {import('./index.mjs').Case} */
export const defaults = {
  name: 'defaults',
  does: 'Portolan with all that is on by default, and without one of these at a time; GETs answered with 150 bytes, 64 keep-alive connections',
  candidates: [
    portolanWith({ name: 'with-all-defaults', does: 'portolan, all of its defaults' }),
    without('access-log', { log: { access: false } }),
    without('passive-health', { health: { passive: null } }),
    without('retries', { retry: { attempts: 1, budget: null } }),
  ],
}

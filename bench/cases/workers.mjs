import { portolanWith } from '../candidates/portolan.mjs'

const gateway = (workers, does) => portolanWith({ name: `workers-${workers}`, does, workers })

/** @type {import('./index.mjs').Case} */
export const workers = {
  name: 'workers',
  does: 'Portolan with one worker and with two, on one core all the same; GETs answered with 150 bytes, 64 keep-alive connections',
  candidates: [
    gateway(1, 'portolan with one worker'),
    gateway(2, 'portolan with two workers; the memory is that of one of them'),
  ],
}

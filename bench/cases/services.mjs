import { portolanWith } from '../candidates/portolan.mjs'

const gateway = (services, table) =>
  portolanWith({ name: `services-${services}`, does: `portolan, ${table}`, services })

/** @type {import('./index.mjs').Case} */
export const services = {
  name: 'services',
  does: 'Portolan with so many services in its table, of which one is asked; GETs answered with 150 bytes, 64 keep-alive connections',
  warmups: 3, // a process that has just read 100,000 instances is still busy with itself
  candidates: [
    gateway(1, 'one service'),
    gateway(10, '10 services, 10 instances each'),
    gateway(1000, '1,000 services, 10 instances each'),
    gateway(10_000, '10,000 services, 10 instances each'),
  ],
}

/**
 * Strategies that send a key to the same instance each time.
 * @module
 */
export { maglev } from './hash/maglev.ts'
export { rendezvous } from './hash/rendezvous.ts'
export { ringHash } from './hash/ring-hash.ts'

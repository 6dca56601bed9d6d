/**
 * What plugins owe the gateway, as laws that any test runner can run.
 * @module
 */
export * from './adapter.ts'
export { Following, type Summary, summary } from './following.ts'
export * from './kit.ts'
export type { Law } from './law.ts'
export { fail, type ScriptedAdapter, type Step, scripted, view } from './scripted.ts'
export { strategyContract } from './strategy.ts'

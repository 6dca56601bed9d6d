import type { Instance } from '../../../src/plugin/index.ts'

/**
 * What a child of a service says, by its name and its data. Pure.
 *
 * @throws Error that says what is wrong with it
 */
export type Layout = (name: string, data: Buffer | undefined) => Instance

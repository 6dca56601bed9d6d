import { adapters } from '../adapters/index.ts'
import { strategies } from '../strategies/index.ts'
import { middleware } from './middleware/index.ts'
import type { Plugin } from './plugin/index.ts'

/** The plugins that every gateway brings along. The only file that knows them; they enter the catalog as yours would. */
export const builtins: readonly Plugin[] = [...adapters, ...strategies, ...middleware]

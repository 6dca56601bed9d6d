import { accept } from './accept.mjs'
import { churn } from './churn.mjs'
import { memory } from './memory.mjs'
import { newcomers } from './newcomers.mjs'
import { startUp } from './start-up.mjs'
import { workers } from './workers.mjs'

/** By what `--only` calls them; each is given `dir`, `say`, `instance` and `nodes`, and returns rows. */
export const parts = { 'start-up': startUp, memory, workers, accept, newcomers, churn }

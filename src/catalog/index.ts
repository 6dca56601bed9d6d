export { Catalog } from './catalog.ts'
export { strategyMaker } from './strategies.ts'

export { Catalog } from './catalog.ts'

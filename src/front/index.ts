export { createFront, type Front, type FrontOptions, type RefusalReason } from './front.ts'

export { type Contents, readFiles, readFilesNow, reasonOf, watchFiles } from './files.ts'
export { authorityDefects, type Defect, type Pair, pairDefects, untimely } from './pem.ts'
export { pathsOf, type ServerContexts, serverContexts, serverDefects } from './server-contexts.ts'
export { subjectOf } from './subject.ts'

export { configOf, type Loaded, loadConfig, type ParseOptions, parseConfig } from './load.ts'
export { ConfigError, type ConfigProblem, headline } from './problems.ts'
export { settingsOf } from './settings.ts'

import { cases as errorAnswers } from './cases/error-answers.ts'
import { cases as paths } from './cases/paths.ts'
import { wireTests } from './rig/suite.ts'

wireTests([...errorAnswers, ...paths])

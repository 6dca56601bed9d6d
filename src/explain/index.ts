export { type CandidateExplanation, type ExplainMeans, type Explanation, explain } from './explain.ts'
export type { Question } from './question.ts'

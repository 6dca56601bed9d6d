import type { RequestHead } from './request-head.ts'

export class EverydayRequest {
  readonly method: string
  readonly url: string
  constructor({ method, target, headers }: RequestHead) {
    this.method = method
    this.url = `http://${headers['host']}${target}`
  }
}
Object.setPrototypeOf(EverydayRequest.prototype, Request.prototype)

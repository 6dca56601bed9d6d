import { IncomingMessage } from 'node:http'

/** The server's request object. */
export class Incoming extends IncomingMessage {}

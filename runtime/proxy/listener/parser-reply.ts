// What is written to a connection whose bytes are not a request we can take. The connection then closes.
import type { ConnectionManager } from '../http/connection-manager.ts';

const replies: Readonly<Record<string, readonly [status: string, body: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', ''],
  HPE_INVALID_TRANSFER_ENCODING: ['501 Not Implemented', 'Not Implemented'],
  CONNECT: ['404 Not Found', ''],
};

/** llhttp tells causes of one code apart by their reason. */
const repliesByReason: typeof replies = {
  "Transfer-Encoding can't be present with Content-Length": ['400 Bad Request', 'Bad Request'],
  'Invalid HTTP version': ['426 Upgrade Required', 'Upgrade Required'],
};

export interface ParserError {
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
}

export function parserReply(error: ParserError, manager: ConnectionManager, now: number): string {
  const [status, body] = repliesByReason[error.reason ?? ''] ??
    replies[error.code ?? ''] ?? ['400 Bad Request', 'Bad Request'];
  const lines = [
    `HTTP/1.1 ${status}`,
    `content-length: ${body.length}`,
    ...(body === '' ? [] : ['content-type: text/plain']),
    `date: ${new Date(now).toUTCString()}`,
    ...(manager.serverHeader === 'PASS_THROUGH' ? [] : [`server: ${manager.serverName}`]),
    ...(manager.via === '' ? [] : [`via: ${manager.via}`]),
    'connection: close',
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

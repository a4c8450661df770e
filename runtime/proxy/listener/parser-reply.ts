// What is written to a connection whose bytes are not a request we can take. The connection then closes.

const replies: Readonly<Record<string, readonly [status: string, body: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', ''],
  CONNECT: ['404 Not Found', ''],
  UPGRADE: ['403 Forbidden', ''],
};

export function parserReply(error: { readonly code?: string | undefined }): string {
  const [status, body] = replies[error.code ?? ''] ?? ['400 Bad Request', 'Bad Request'];
  const type = body === '' ? '' : 'content-type: text/plain\r\n';
  return `HTTP/1.1 ${status}\r\ncontent-length: ${body.length}\r\n${type}connection: close\r\n\r\n${body}`;
}

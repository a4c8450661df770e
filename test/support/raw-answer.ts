// A request as it is written to a connection, and the answer as it is read from there, byte by byte.
import { connect } from 'node:net';

export interface RawAnswer {
  /** It was said before that the rest may be sent. */
  readonly isContinued: boolean;
  readonly status: string;
  /** As they were sent, in their order. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** Each byte is a character. Undefined where the connection is closed instead. */
export function rawAnswer(port: number | undefined, request: string): Promise<RawAnswer | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: port ?? 0 });
    let text = '';
    socket.on('connect', () => socket.write(Buffer.from(request, 'latin1')));
    socket.on('error', reject);
    socket.on('close', () => resolve(undefined));
    socket.setEncoding('latin1').on('data', (chunk) => {
      text += chunk;
      const answer = parsed(text);
      if (!answer) return;
      socket.destroy();
      resolve(answer);
    });
  });
}

/** Undefined while there is more to come. */
function parsed(text: string): RawAnswer | undefined {
  const final = text.replace(/^HTTP\/1.1 100 Continue\r\n(.+\r\n)*\r\n/, '');
  const [head = '', body] = final.split('\r\n\r\n');
  if (body === undefined || body.length < Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0)) return undefined;
  const [line = '', ...headers] = head.split('\r\n');
  return { isContinued: final !== text, status: line.slice(9, 12), headers, body };
}

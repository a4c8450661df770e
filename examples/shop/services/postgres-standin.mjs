// A stand-in for PostgreSQL that speaks just enough of its protocol to be told apart from a broken connection:
// https://www.postgresql.org/docs/current/protocol-message-formats.html
// It holds no data, and says in its version and in every answer that it is a stand-in.
import net from 'node:net';

export const banner = 'PostgreSQL stand-in of the Fairlead shop example (no database behind it)';
const sslRequest = 80877103;
const gssRequest = 80877104;
const cancelRequest = 80877102;
const protocol3 = 3;
const maxMessage = 1 << 16;

const int32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const int16 = (value) => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const cstring = (value) => Buffer.from(`${value}\0`);
const message = (type, ...parts) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
};

const authenticationOk = message('R', int32(0));
const readyForQuery = message('Z', Buffer.from('I'));
const parameterStatus = (name, value) => message('S', cstring(name), cstring(value));
const errorResponse = (severity, code, what) =>
  message('E', Buffer.from(`S${severity}\0V${severity}\0C${code}\0M${what}\0\0`));

/** One text column, one row: the answer to every SELECT. */
const selectAnswer = Buffer.concat([
  message('T', int16(1), cstring('version'), int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0)),
  message('D', int16(1), int32(Buffer.byteLength(banner)), Buffer.from(banner)),
  message('C', cstring('SELECT 1')),
]);

/** Answers one client; `pending` is what has arrived and is not yet a whole message. */
function serve(socket) {
  let pending = Buffer.alloc(0);
  let started = false;
  const refuse = (code, what) => socket.end(errorResponse('FATAL', code, what));
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    pending = Buffer.concat([pending, bytes]);
    while (!socket.writableEnded) {
      const next = takeMessage(pending, started);
      if (!next) return;
      if (next.length < 4 || next.length > maxMessage) return refuse('08P01', `invalid message length ${next.length}`);
      if (!next.body) return;
      pending = next.rest;
      if (started) answerQuery(socket, next.type, next.body);
      else started = answerStartup(socket, next.body, refuse);
    }
  });
}

/** The first message of the bytes: without a body while not all of it has arrived. Only the startup message has no type. */
function takeMessage(bytes, hasType) {
  const head = hasType ? 1 : 0;
  if (bytes.length < head + 4) return undefined;
  const length = bytes.readInt32BE(head);
  const type = hasType ? String.fromCharCode(bytes[0] ?? 0) : '';
  if (bytes.length < head + length) return { length, type };
  return { length, type, body: bytes.subarray(head + 4, head + length), rest: bytes.subarray(head + length) };
}

/** True once the session has begun. */
function answerStartup(socket, body, refuse) {
  const code = body.length >= 4 ? body.readInt32BE(0) : 0;
  if (code === sslRequest || code === gssRequest) socket.write('N');
  else if (code === cancelRequest) socket.end();
  else if (code >> 16 !== protocol3) refuse('0A000', `unsupported frontend protocol ${code >> 16}.${code & 0xffff}`);
  else {
    const parameters = body.subarray(4).toString().split('\0');
    const user = parameters[parameters.indexOf('user') + 1];
    if (!parameters.includes('user') || !user) refuse('28000', 'no PostgreSQL user name specified in startup packet');
    else {
      const version = parameterStatus('server_version', '15.0 (Fairlead stand-in)');
      socket.write(
        Buffer.concat([authenticationOk, version, parameterStatus('client_encoding', 'UTF8'), readyForQuery]),
      );
      return true;
    }
  }
  return false;
}

function answerQuery(socket, type, body) {
  if (type === 'X') return socket.end();
  if (type !== 'Q') {
    const error = errorResponse('ERROR', '0A000', `the stand-in knows simple queries only, not message "${type}"`);
    return socket.write(Buffer.concat([error, readyForQuery]));
  }
  const query = body.toString('utf8', 0, Math.max(0, body.length - 1)).trim();
  if (query === '') return socket.write(Buffer.concat([message('I'), readyForQuery]));
  const known = /^select\b/i.test(query);
  const answer = known ? selectAnswer : errorResponse('ERROR', '0A000', 'the stand-in answers SELECT only');
  return socket.write(Buffer.concat([answer, readyForQuery]));
}

/** Listens until SIGTERM. */
export function startStandIn(host, port) {
  const sockets = new Set();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket);
  });
  server.on('error', (error) => {
    console.error(`postgres: cannot listen on ${host}:${port}: ${error.message}`);
    process.exit(1);
  });
  server.listen(port, host, () => console.log(`postgres: ${banner}, on ${host}:${port}`));
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.on(signal, () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
  }
}

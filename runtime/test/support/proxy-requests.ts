// What the pure core of the proxy is asked about: heads of requests, and the connections on which they come.
import { HeaderList } from '../../proxy/http/header-list.ts';
import type { RequestHead } from '../../proxy/http/request-head.ts';
import type { ConnectionInfo } from '../../proxy/http/stream-info.ts';

export const head = (path: string, flat: string[] = [], authority = 'a.example', method = 'GET'): RequestHead => ({
  method,
  path,
  authority,
  scheme: 'http',
  headers: new HeaderList(flat),
});

export const connection = (uri?: string): ConnectionInfo => ({
  id: 1,
  remoteAddress: '10.0.0.7',
  remotePort: 4000,
  localAddress: '10.0.0.1',
  localPort: 8080,
  isTls: uri !== undefined,
  localUriSans: [],
  ...(uri !== undefined && { peer: { uriSans: [uri], dnsSans: [], subject: '', sha256: 'ab', pem: '' } }),
});

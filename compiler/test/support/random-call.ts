// Random requests for the meshes of random-mesh.ts: as few names as there, and paths that are easily misread.
import fc from 'fast-check';
import type { TestRequest } from '../../model/index.ts';
import { headerName, method } from './random-mesh.ts';

const requestPath = fc.oneof(
  fc.constantFrom(
    '/',
    '/a',
    '/a/',
    '/a/b',
    '/a/b/c',
    '/ab',
    '/abc',
    '/b',
    '/b/x',
    '/a/1',
    '/a/12',
    '/A/x',
    '/x.png',
    '/a/../b',
    '/%61/b',
    '/a/./b',
    '/a//b',
    '/a.',
    '/a..',
    '/a../b',
    '/a./b',
    '/a%2F',
    '/..a',
    '/a\\b',
    '/a/b?x=/a',
    '/a?x=1',
    '/a/b?y&x=ab',
    '/?x=a&x=1',
    '/b?X=1&y=',
    '/b/x?&x=%61',
  ),
  fc
    .array(fc.constantFrom('/', 'a', 'b', '.', '..', '%2e', '1', 'x'), { maxLength: 7 })
    .map((parts) => `/${parts.join('')}`),
);

export interface RandomCall {
  readonly from: string;
  readonly request: TestRequest;
}

export const randomCall: fc.Arbitrary<RandomCall> = fc
  .record({
    from: fc.constantFrom('shop/a', 'shop/b', 'qa/c', 'shop/a2', 'unmeshed', 'outside', 'outside'),
    to: fc.constantFrom('a.shop', 'b.shop', 'c.qa', 'a', 'nobody.example'),
    port: fc.constantFrom(80, 80, 80, 81, 90, 99),
    method,
    path: requestPath,
    headers: fc.dictionary(headerName, fc.constantFrom('', 'true', 'a', 'ab'), { maxKeys: 2 }),
    isPreflight: fc.boolean(),
    https: fc.boolean(),
  })
  .map(({ from, to, port, method, path, headers, isPreflight, https }) => {
    const all = isPreflight ? { ...headers, origin: 'https://x.com', 'access-control-request-method': 'GET' } : headers;
    const outer =
      from === 'outside'
        ? ({ scheme: https ? 'https' : 'http', host: 'shop.example.com', port: https ? 443 : 80 } as const)
        : ({ scheme: 'http', host: to, port } as const);
    return { from, request: { method, path, headers: all, ...outer } };
  });

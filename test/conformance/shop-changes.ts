// Changes of the shop as people make them, for which a review must find what really changes, and changes that change nothing.
import { join } from 'node:path';
import { compile, loadDirectory, type Mesh, renderText, type SourceTree } from '../../compiler/index.ts';

type Edit = readonly [file: string, from: string, to: string];

export interface Change {
  readonly what: string;
  readonly edits: readonly Edit[];
  /** Kinds and effects of rows that must be among those found; none for a change that nobody can notice. */
  readonly rows: readonly string[];
}

const tree = loadDirectory(join(import.meta.dirname, '../../examples/shop'));

export const shopChanges: readonly Change[] = [
  {
    what: 'an access is opened',
    edits: [
      [
        'catalogue/shoes.yaml',
        '- { from: [{ service: inventory }], methods: [POST] }',
        '- { from: [{ namespace: shop }], methods: [GET, POST] }',
      ],
    ],
    rows: ['access gained'],
  },
  {
    what: 'a denial is dropped',
    edits: [['storefront/auth.yaml', '\n    deny:\n      - { paths: [/login/debug/*] }', '']],
    rows: ['access gained'],
  },
  {
    what: 'a caller is no longer let in',
    edits: [['storefront/cart.yaml', '[{ service: myapp }]', '[{ service: hello }]']],
    rows: ['access lost'],
  },
  {
    what: 'all traffic moves to one version',
    edits: [
      ['orders/orders.yaml', 'weight: 90 }, { version: v2, weight: 10 }', 'weight: 0 }, { version: v2, weight: 100 }'],
    ],
    rows: ['traffic changed'],
  },
  {
    what: 'a route is removed',
    edits: [
      [
        'storefront/myapp.yaml',
        '    - name: login\n      match: { path: /login/* }\n      to: [{ service: auth }]\n      timeout: 5s\n',
        '',
      ],
    ],
    rows: ['traffic changed'],
  },
  {
    what: 'a path is exposed',
    edits: [
      [
        'storefront/users.yaml',
        '{ namespace: billing }] }',
        '{ namespace: billing }, { gateway: edge/public }] }\n  expose:\n    - { gateway: edge/public, host: hello.com, path: /users/* }',
      ],
    ],
    rows: ['exposure gained'],
  },
  {
    what: 'a timeout shrinks',
    edits: [['storefront/myapp.yaml', 'timeout: 5s', 'timeout: 300ms']],
    rows: ['behavior changed'],
  },
  {
    what: 'mutual TLS is turned off on a port',
    edits: [
      ['catalogue/inventory.yaml', '{ name: http-admin, port: 9000 }', '{ name: http-admin, port: 9000, mtls: off }'],
    ],
    rows: ['mtls changed'],
  },
  {
    what: 'plain text is let in, and anyone',
    edits: [
      ['storefront/users.yaml', 'targetPort: 8080 }', 'targetPort: 8080, mtls: permissive }'],
      ['storefront/users.yaml', '- { from: [{ namespace: shop }, { namespace: billing }] }', '- {}'],
    ],
    rows: ['mtls gained', 'access gained'],
  },
  {
    what: 'a use is declared',
    edits: [['catalogue/shoes.yaml', '  access:', '  uses: [users]\n  access:']],
    rows: ['access gained'],
  },
  {
    what: 'redirects, rewrites and headers change',
    edits: [
      ['storefront/myapp.yaml', 'redirect: { path: /shoes, status: 301 }', 'redirect: { path: /boots, status: 308 }'],
      ['storefront/myapp.yaml', 'rewrite: { path: /api/ }', 'rewrite: { path: /v1/ }'],
      ['storefront/myapp.yaml', 'set: { x-api-version: v1 }', 'set: { x-api-version: v2 }'],
    ],
    rows: ['behavior changed'],
  },
  {
    what: 'a gateway is renamed, and exposes less',
    edits: [
      ['platform/gateway.yaml', 'name: public', 'name: front'],
      ['storefront/auth.yaml', 'edge/public', 'edge/front'],
      ['storefront/myapp.yaml', 'edge/public', 'edge/front'],
      [
        'storefront/myapp.yaml',
        'edge/public, host: shop.example.com, path: /*',
        'edge/front, host: shop.example.com, path: /api/*',
      ],
      ['storefront/hello.yaml', 'edge/public', 'edge/front'],
      ['storefront/hello.yaml', 'edge/public', 'edge/front'],
    ],
    rows: ['exposure lost', 'inventory added', 'inventory removed'],
  },
  {
    what: 'the same is said in other words',
    edits: [
      [
        'orders/orders.yaml',
        'paths: [/orders/*] }\n    deny',
        'paths: [/orders] }\n      - { from: [{ service: cart }, { service: myapp }], methods: [POST, GET], paths: [{ prefix: /orders/ }] }\n    deny',
      ],
      [
        'storefront/myapp.yaml',
        'match: { path: /login/* }',
        'match: [{ path: /login }, { path: { prefix: /login/ } }]',
      ],
      ['storefront/users.yaml', 'kind: MeshService', '# Moved about.\nkind: MeshService'],
    ],
    rows: [],
  },
];

export function shopMesh(): Mesh {
  return compiled(tree);
}

export function changedShop({ what, edits }: Change): Mesh {
  const files = tree.files.map((file) => ({
    ...file,
    text: edits.reduce((text, edit) => applied(file.path, text, edit), file.text),
  }));
  const missing = edits.find(([name]) => !tree.files.some(({ path }) => path.endsWith(name)));
  if (missing) throw new Error(`${what}: the shop has no ${missing[0]}`);
  return compiled({ ...tree, label: what, files });
}

function applied(path: string, text: string, [file, from, to]: Edit): string {
  if (!path.endsWith(file)) return text;
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
  return text.replace(from, to);
}

function compiled(source: SourceTree): Mesh {
  const { mesh, diagnostics } = compile(source);
  if (!mesh) throw new Error(`${source.label}:\n${renderText(diagnostics, { lookup: () => undefined })}`);
  return mesh;
}

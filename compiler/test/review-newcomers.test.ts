// B2: hosts that exist on one side only, and the names that stand for many hosts.
import t from 'tap';
import { decide, unmeshed } from '../analysis/index.ts';
import { indexMesh } from '../model/index.ts';
import { reviewMeshes } from '../review/index.ts';
import { compiledIntent, linesOf, reviewOf } from './support/review-intent.ts';

const header = 'apiVersion: fairlead.dev/v1alpha1\n';

function service(name: string, namespace: string, ...spec: readonly string[]): string {
  const lines = ['ports: [{ name: http, port: 80, targetPort: 8080 }]', ...spec].map((line) => `  ${line}\n`).join('');
  return `${header}kind: MeshService\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec:\n${lines}---\n`;
}

function external(name: string, ...spec: readonly string[]): string {
  const lines = spec.map((line) => `  ${line}\n`).join('');
  return `${header}kind: ExternalService\nmetadata: { name: ${name}, namespace: shop }\nspec:\n${lines}---\n`;
}

const anywhere = `${header}kind: Mesh\nmetadata: { name: test }\nspec: { egress: { default: any } }\n---\n`;
const http = 'ports: [{ name: http, port: 80 }]';

t.test('B2: what the mesh answered goes to an external host', async (t) => {
  const base = service('web', 'shop', 'uses: [internal/db]') + service('db', 'internal');
  const head =
    service('web', 'shop', 'uses: [internal/db, { external: db }]') +
    service('db', 'internal') +
    external('db', 'hosts: [db.internal]', http);
  const { rows } = reviewMeshes(compiledIntent(base), compiledIntent(head));
  t.match(
    rows.filter(({ kind }) => kind !== 'inventory'),
    [
      {
        kind: 'traffic',
        callers: ['shop/web'],
        from: 'app=db, port 8080',
        to: 'db.internal, port 80',
        destinations: ['db.internal:80'],
      },
    ],
  );
});

t.test('B2: and the other way round, by the name alone', async (t) => {
  const either = external('db', 'hosts: [db.internal]', http);
  const base = anywhere + service('web', 'shop') + either;
  const head = anywhere + service('web', 'shop', 'uses: [internal/db]') + either + service('db', 'internal');
  const lines = linesOf(reviewMeshes(compiledIntent(base), compiledIntent(head)));
  t.ok(
    lines.some((line) => /to db\.internal:80/.test(line) && /shop\/web/.test(line)),
    lines.join('\n'),
  );
});

t.test('B2: egress to anywhere, and then an ExternalService', async (t) => {
  const base = anywhere + service('web', 'shop');
  const head =
    anywhere + service('web', 'shop', 'uses: [{ external: api }]') + external('api', 'hosts: [api.example.com]', http);
  const lines = linesOf(reviewMeshes(compiledIntent(base), compiledIntent(head)));
  t.ok(
    lines.some((line) => /calls from shop\/web to api\.example\.com:80 .*timeout/.test(line)),
    lines.join('\n'),
  );
  t.notOk(
    lines.some((line) => line.includes('any process')),
    'who has no proxy calls as before',
  );
});

t.test('B2: a host newly under a used wildcard', async (t) => {
  const base =
    service('web', 'shop', 'uses: [{ external: any }]') +
    external('any', "hosts: ['*.example.com']", 'resolve: none', http);
  const head = base + external('api', 'hosts: [api.example.com]', 'resolve: static', 'addresses: [192.0.2.1]', http);
  const { rows } = reviewMeshes(compiledIntent(base), compiledIntent(head));
  const calls = rows.filter(({ kind }) => kind !== 'inventory');
  t.match(calls, [
    {
      kind: 'traffic',
      destinations: ['api.example.com:80'],
      callers: ['shop/web'],
      witness: { text: 'GET http://api.example.com/' },
    },
  ]);
});

t.test('B2: stand-ins are no host of any mesh', async (t) => {
  const wildcard = (...more: readonly string[]) =>
    service('web', 'shop', 'uses: [{ external: all }, { external: any }]') +
    external('all', "hosts: ['*.example.com']", 'resolve: none', http) +
    external(
      'any',
      'hosts: [any.example.com, any1.example.com]',
      'resolve: static',
      'addresses: [192.0.2.1]',
      http,
      ...more,
    );
  const base = wildcard();
  const review = reviewOf(base, ["hosts: ['*.example.com']", "hosts: ['*.example.net']"]);
  const lost = review.rows.find(({ destinations }) => destinations.includes('*.example.com:80'));
  t.match(lost, { effect: 'lost', witness: { call: { request: { host: 'any2.example.com' } } } });
});

t.test('B2: what nobody names is not unknown.example, if somebody names it', async (t) => {
  const base =
    anywhere.replace('any }', 'declared }') +
    service('web', 'shop', 'uses: [{ external: unknown }, { external: test }]') +
    external('unknown', 'hosts: [unknown.example]', 'resolve: static', 'addresses: [192.0.2.1]', http) +
    external('test', "hosts: ['*.test']", 'resolve: none', http);
  const { rows } = reviewOf(base, ['default: declared', 'default: any']);
  const other = rows.find(({ destinations }) => destinations.includes('any other host'));
  t.match(other, { effect: 'gained', witness: { call: { request: { host: 'unknown.invalid' } } } });
});

t.test('B2: how a new service refuses is no news', async (t) => {
  const base = service('web', 'shop');
  const head = base + service('db', 'internal', 'access: { allow: [] }');
  t.match(linesOf(reviewMeshes(compiledIntent(base), compiledIntent(head))), [/service added/]);
  t.equal(
    decide(indexMesh(compiledIntent(head)), {
      from: unmeshed,
      request: { method: 'GET', scheme: 'http', host: 'db.internal', port: 80, path: '/', headers: {} },
    }).outcome,
    'denied',
  );
});

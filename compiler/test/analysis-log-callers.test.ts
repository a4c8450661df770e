// Istio's lines do not say who called: then a verdict is given only where it is the same for all callers.
import t from 'tap';
import { compile, type LogHints } from '../index.ts';
import { explainedIn } from './support/log-mesh.ts';

const service = (name: string, spec = '') =>
  `apiVersion: fairlead.dev/v1alpha1\nkind: MeshService\nmetadata: { name: ${name}, namespace: shop }\nspec: { ports: [{ port: 80 }]${spec} }\n---\n`;

const callers = `${service('web', ', uses: [api, open]')}${service('auth', ', uses: [api]')}`;
const text = `${callers}${service(
  'api',
  ', access: { allow: [{ from: [{ service: web }] }, { from: [{ service: auth }], paths: [/x] }, { paths: [/health] }], deny: [{ paths: [/internal/*] }, { from: [{ service: auth }], paths: [/health] }] }',
)}${service('open')}`;
const { mesh, diagnostics } = compile({ label: 'test', files: [{ path: 'a.yaml', text }], diagnostics: [] });

/** Of Istio 1.24. */
const istioText = (path: string) =>
  `[2026-11-23T10:00:00.123Z] "GET ${path} HTTP/1.1" 200 - via_upstream - "-" 0 19 0 - "-" "curl/8.0" "3c4d" "api" "-" inbound|80|| - 10.0.0.1:80 10.0.0.2:40000 - default`;

function decided(path: string, hints: LogHints = {}, line = istioText(path)): string {
  const said = explainedIn(mesh, line, { workload: 'shop/api', ...hints });
  return said.split('The intent at hand decides\n')[1]?.trim().split('\n')[0] ?? '';
}

t.test('whom the rules let in, where that depends on the caller', async (t) => {
  t.same(diagnostics, []);
  const unknown = (path: string) =>
    `GET ${path} from a caller that the line does not name to port 80 of shop/api, without its headers: `;
  const dependsOn = 'it depends on the caller, which --from tells: ';
  const others = 'others are denied (403): no rule allows it (policy shop/api-allow)';
  const [web, auth] = ['rule shop/api/access/allow/0 allows shop/web', 'rule shop/api/access/allow/1 allows shop/auth'];
  t.equal(decided('/a'), `${unknown('/a')}${dependsOn}${web}; ${others}`);
  t.equal(decided('/x'), `${unknown('/x')}${dependsOn}${web}; ${auth}; ${others}`);
  t.equal(
    decided('/health'),
    `${unknown('/health')}${dependsOn}rule shop/api/access/deny/1 denies shop/auth; others are allowed: allowed by rule shop/api/access/allow/2`,
  );
});

t.test('a verdict, where it does not, or the caller is told', async (t) => {
  t.match(decided('/internal/a'), /: denied \(403\): denied by rule shop\/api\/access\/deny\/0$/);
  t.match(decided('/a', { workload: 'shop/open' }), /: allowed: /);
  t.match(
    decided('/a', { from: 'shop/web' }),
    /from shop\/web .*: allowed: allowed by rule shop\/api\/access\/allow\/0$/,
  );
  t.match(decided('/a', { from: 'outside' }), /from a caller without identity .*: denied \(403\): no rule allows it/);
  const ours = JSON.stringify({ workload: 'shop/api', listener: 'inbound_80', method: 'GET', path: '/a' });
  t.match(decided('/a', {}, ours), /from a caller without identity .*: denied/, 'our own lines say that there is none');
});

// B1, B3: whichever field of intent is changed, a review tells of it, unless there is a reason not to.
import t from 'tap';
import { fieldsOfSchema, intentKinds, intentSchemas } from '../intent/index.ts';
import { reviewMeshes } from '../review/index.ts';
import { everyField } from './support/every-field.ts';
import { fieldEdits } from './support/field-edits.ts';
import { compiledIntent, type Edit, edited, lineOf, linesOf, reviewOf } from './support/review-intent.ts';

const forPeople = 'it is for people, and no proxy is given it';
const caseIsTheSame = 'a case is the same whichever MeshTest holds it';
const noIdentity = 'who has no proxy has no identity: FL0443 says that it never matches';

/** Why nothing is said of it. */
const silent: Readonly<Record<string, string>> = {
  'Mesh metadata.name': forPeople,
  'Mesh metadata.labels': forPeople,
  'Mesh metadata.annotations': forPeople,
  'MeshService metadata.labels': forPeople,
  'MeshService metadata.annotations': forPeople,
  'MeshService spec.routes[].name': 'it is shown in access logs only',
  'MeshService spec.access.deny[].from[].workload': noIdentity,
  'MeshService spec.access.deny[].unless.from[].workload': noIdentity,
  'MeshGateway metadata.labels': forPeople,
  'MeshGateway metadata.annotations': forPeople,
  'MeshGateway spec.listeners[].name': 'hosts and port tell listeners apart',
  'MeshGateway spec.listeners[].tls.mode': 'there is but one mode',
  'ExternalService metadata.labels': forPeople,
  'ExternalService metadata.annotations': forPeople,
  'MeshWorkload metadata.labels': forPeople,
  'MeshWorkload metadata.annotations': forPeople,
  'MeshTest metadata.name': caseIsTheSame,
  'MeshTest metadata.namespace': caseIsTheSame,
  'MeshTest metadata.labels': forPeople,
  'MeshTest metadata.annotations': forPeople,
};

const base = compiledIntent(everyField);

for (const kind of intentKinds) {
  const edits = fieldEdits[kind];
  const paths = fieldsOfSchema(intentSchemas[kind]).map(({ path }) => path);
  t.test(`every field of ${kind} is changed`, async (t) => {
    const isInside = (path: string, other: string) => path.startsWith(other) && /^[.[]/.test(path.slice(other.length));
    const leaves = paths.filter((path) => !paths.some((other) => isInside(other, path)));
    const isHeader = (path: string) => path === 'apiVersion' || path === 'kind';
    t.same(
      leaves.filter((path) => !isHeader(path) && !(path in edits)),
      [],
    );
    t.same(
      Object.keys(edits).filter((path) => !paths.includes(path)),
      [],
      'no field of the kind',
    );
  });
  for (const [path, edit] of Object.entries(edits)) {
    const name = `${kind} ${path}`;
    if (name in silent) continue;
    t.test(`a change of ${name} is told`, async (t) => {
      t.equal(everyField.split(edit[0]).length, 2, 'is written once');
      t.ok(reviewMeshes(base, compiledIntent(edited(everyField, [edit]))).rows.length > 0);
    });
  }
}

t.test('B3: what one line says is told once', async (t) => {
  const said = (kind: 'MeshService' | 'MeshGateway' | 'MeshWorkload' | 'ExternalService', path: string) =>
    linesOf(reviewOf(everyField, fieldEdits[kind][path] ?? ['', ''])).filter((line) => line.includes(' settings '));
  t.match(said('MeshGateway', 'spec.serviceAccount'), [
    /^medium settings changed: gateway shop\/public: service account \| service account: public -> other$/,
  ]);
  t.match(said('MeshGateway', 'spec.selector'), [
    /^high settings changed: gateway shop\/public: proxies that serve it/,
  ]);
  t.match(said('MeshService', 'spec.workload.serviceAccount'), [
    /^medium settings changed: workload shop\/shoes: service account/,
  ]);
  t.match(said('MeshWorkload', 'spec.labels'), [
    /^medium settings changed: workload shop\/legacy: labels \| labels: app=legacy -> app=other$/,
  ]);
  t.match(said('MeshService', 'spec.versions'), [
    /^low settings changed: service shop\/shoes: version spare \| version spare: version=spare -> version=other$/,
  ]);
  t.match(said('MeshService', 'spec.ports[].name'), [
    /^low settings changed: service shop\/shoes: port 80 \| port 80: name http2, protocol HTTP2 -> name grpc, protocol GRPC$/,
  ]);
  t.match(said('ExternalService', 'spec.ports[].port'), [
    /^low settings changed: service shop\/api: port 91 \| port 91: name tls-b, protocol TCP -> none$/,
    /^low settings changed: service shop\/api: port 92 \| port 92: none -> name tls-b, protocol TCP$/,
  ]);
  t.match(said('ExternalService', 'spec.resolve'), [/resolve: static -> dns$/]);
});

t.test('B5: a certificate is cited at the listener that has it', async (t) => {
  const wide = `\n    - { name: wide, port: 443, protocol: HTTPS, hosts: ["*.example.com"], tls: { secret: wide-cert } }`;
  const own = 'secret: shoes-cert } }';
  const text = edited(everyField, [[own, `${own}${wide}`]]);
  const line = `    - { name: https, port: 443, protocol: HTTPS, hosts: [shoes.example.com], tls: { mode: terminate, secret: shoes-cert } }\n`;
  const row = reviewOf(text, [line, '']).rows.find(({ about }) => about === 'certificate of shoes.example.com:443');
  t.match(row, { from: 'secret shoes-cert', to: 'secret wide-cert' });
  t.equal(row?.base[0]?.origin.start.line, lineOf(text, '- { name: https, port: 443'));
  t.equal(row?.head[0]?.origin.start.line, lineOf(edited(text, [[line, '']]), '- { name: wide'));
});

t.test('B1: a header and a label may be called origin', async (t) => {
  const set: Edit = ['x-set: qs', 'origin: https://a.example'];
  t.match(linesOf(reviewOf(edited(everyField, [set]), ['https://a.example', 'https://b.example'])), [
    /request headers: .*set origin: https:\/\/a\.example.* -> .*set origin: https:\/\/b\.example/,
  ]);
  const labels: Edit = ['versions: { v1: { version: v1 }', 'versions: { v1: { origin: a }'];
  const moved = linesOf(reviewOf(edited(everyField, [labels]), ['{ origin: a }', '{ origin: b }']));
  t.ok(
    moved.some((line) => /instances: .*origin=a -> .*origin=b/.test(line)),
    moved.join('\n'),
  );
});

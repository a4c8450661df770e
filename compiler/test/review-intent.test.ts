// From intent to review: the accident of the demo, written as people write it, with places in their files.
import t from 'tap';
import { compile } from '../pipeline.ts';
import { renderReviewText, reviewMeshes } from '../review/index.ts';
import { runTests } from '../analysis/index.ts';

const mesh = `apiVersion: fairlead.dev/v1alpha1
kind: Mesh
metadata: { name: test }
spec: { access: { default: deny } }
`;

function service(name: string, ...spec: readonly string[]): string {
  const lines = ['ports: [{ name: http, port: 80, targetPort: 8080 }]', ...spec].map((line) => `  ${line}\n`).join('');
  return `apiVersion: fairlead.dev/v1alpha1\nkind: MeshService\nmetadata: { name: ${name}, namespace: shop }\nspec:\n${lines}`;
}

const allow = ['access:', '  allow:', '    - { from: [{ service: inventory }], methods: [POST] }'];

function compiled(shoes: readonly string[], users: readonly string[]) {
  const files = {
    'mesh.yaml': mesh,
    'inventory.yaml': service('inventory', 'uses: [shoes]'),
    'shoes.yaml': service('shoes', ...shoes),
    'users.yaml': service('users', ...users),
    'tests.yaml': `apiVersion: fairlead.dev/v1alpha1
kind: MeshTest
metadata: { name: shoes, namespace: shop }
spec:
  cases:
    - { from: inventory, request: POST http://shoes/stock, expect: { allowed: true } }
    - { from: inventory, request: GET http://shoes/stock, expect: { denied: access } }
    - { from: users, request: GET http://shoes/stock, expect: { denied: any } }
`,
  };
  const { mesh: result, diagnostics } = compile({
    label: 'test',
    files: Object.entries(files).map(([path, text]) => ({ path, text })),
    diagnostics: [],
  });
  if (!result) throw new Error(JSON.stringify(diagnostics));
  return result;
}

t.test('an access opened by accident', async (t) => {
  const base = compiled(allow, ['uses: [shoes]']);
  const head = compiled([...allow, '    - { paths: [/admin/*] }'], ['uses: [shoes]']);
  const review = reviewMeshes(base, head);
  t.match(review.rows, [
    {
      severity: 'high',
      kind: 'access',
      effect: 'gained',
      title: 'shop/inventory may newly call shoes.shop:80',
      witness: { text: 'GET http://shoes/admin' },
    },
    {
      severity: 'high',
      kind: 'access',
      effect: 'gained',
      title: 'shop/users, any further workload may newly call shoes.shop:80',
      requests: ['any method /admin/*'],
    },
  ]);
  t.same(review.rows[0]?.requests, ['any method but POST /admin/*'], 'POST was allowed before');
  t.same(review.touched, ['shop/shoes']);
  const text = renderReviewText(review);
  t.match(text, /base {5}shoes\.yaml:8:\d+ {2}no rule allows it/);
  t.match(text, /head {5}shoes\.yaml:9:\d+ {2}allowed by rule shop\/shoes\/access\/allow\/1/);
  t.match(runTests(base), { passed: 3, failed: 0 });
  t.match(runTests(head), { passed: 3, failed: 0 });
});

t.test('comments and layout change nothing', async (t) => {
  const written = ['# who may call', 'access: { allow: [{ methods: [POST], from: [{ service: shop/inventory }] }] }'];
  t.same(reviewMeshes(compiled(allow, ['uses: [shoes]']), compiled(written, ['uses: [shoes]'])), {
    rows: [],
    touched: [],
    notAnalysed: [],
  });
});

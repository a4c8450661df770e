// What is newly open to the outside, or no longer, is one row: whatever the edit that makes it so.
import t from 'tap';
import { reviewMeshes } from '../review/index.ts';
import { exposed, header, intent } from './support/exposed-shoes.ts';
import { compiledIntent, type Edit, linesOf, reviewOf } from './support/review-intent.ts';

const plain = ['name: all'];

const second = (host: string) => `---
${header}kind: MeshGateway
metadata: { name: second, namespace: shop }
spec: { selector: { app: second }, listeners: [{ name: http, port: 80, protocol: HTTP, hosts: [${host}] }] }
`;
const listeners = (text: string): Edit => ['hosts: [shoes.example.com] }]', `hosts: [shoes.example.com] }, ${text}]`];
const also = (gateway: string, host: string) =>
  `expose: [{ gateway: public, host: shoes.example.com }, { gateway: ${gateway}, host: ${host} }]`;

const exposures: Record<string, { edits: readonly Edit[]; says: readonly RegExp[] }> = {
  'a gateway that exposes nothing': {
    edits: [['hosts: [shoes.example.com] }] }\n', `hosts: [shoes.example.com] }] }\n${second('"*.example.org"')}`]],
    says: [/^low inventory added: gateway added: shop\/second$/],
  },
  'a gateway with a host': {
    edits: [
      ['hosts: [shoes.example.com] }] }\n', `hosts: [shoes.example.com] }] }\n${second('"*.example.org"')}`],
      exposed(also('second', 'a.example.org')),
    ],
    says: [
      /^high exposure gained: http:\/\/a\.example\.org:80 is newly open to the outside through gateway shop\/second/,
      /^low inventory added: gateway added: shop\/second$/,
    ],
  },
  'a listener': {
    edits: [listeners('{ name: more, port: 8080, protocol: HTTP, hosts: ["*"] }')],
    says: [/^high exposure gained: http:\/\/shoes\.example\.com:8080 is newly open to the outside/],
  },
  'a listener that redirects': {
    edits: [listeners('{ name: more, port: 8080, protocol: HTTP, hosts: [shoes.example.com], redirectToHttps: true }')],
    says: [
      /^low behavior changed: calls from everyone outside through gateway shop\/public to http:\/\/shoes\.example\.com:8080 are answered otherwise/,
    ],
  },
  'a host': {
    edits: [
      listeners('{ name: more, port: 80, protocol: HTTP, hosts: [b.example.com] }'),
      exposed(also('public', 'b.example.com')),
    ],
    says: [/^high exposure gained: http:\/\/b\.example\.com:80 is newly open to the outside/],
  },
};

for (const [name, { edits, says }] of Object.entries(exposures)) {
  t.test(`B5: ${name} is one row, and so is its end`, async (t) => {
    const base = intent(plain);
    const review = reviewOf(base, ...edits);
    t.match(linesOf(review), says);
    t.equal(review.rows.length, says.length);
    const head = compiledIntent(edits.reduce((text, [from, to]) => text.replace(from, to), base));
    const back = reviewMeshes(head, compiledIntent(base));
    t.equal(back.rows.length, says.length);
    for (const { kind, effect, title } of back.rows)
      t.ok(/^(inventory|behavior)$/.test(kind) || effect === 'lost', title);
  });
}

// How reviews are rendered, for people and for machines.
import t from 'tap';
import type { Mesh } from '../model/index.ts';
import { renderReviewJson, renderReviewMarkdown, renderReviewText, reviewMeshes } from '../review/index.ts';
import * as b from './support/mesh-builder.ts';
import { shopMesh } from './support/shop-mesh.ts';

const shop = shopMesh();

/** An access by accident. */
const added = b.rule(
  [b.from({ namespaces: [{ type: 'exact', value: 'infra' }] })],
  [b.operation(['GET'], ['/admin/*'])],
);
const head: Mesh = {
  ...shop,
  authorizationPolicies: shop.authorizationPolicies.map((policy) =>
    policy.name === 'shoes' ? { ...policy, rules: [...policy.rules, added] } : policy,
  ),
};

t.test('renderings', async (t) => {
  const review = reviewMeshes(shop, head);
  const text = renderReviewText(review);
  t.match(
    text,
    /^\[high\] access gained: infra\/ops, any further workload of namespace infra may newly call shoes\.shop:80\n/,
  );
  t.match(text, /witness {2}GET http:\/\/shoes\.shop\/admin from infra\/ops\n {11}base: denied \(403\)/);
  t.match(text, /head {5}mesh\.yaml:\d+:1 {2}allowed by rule rule-\d+\n/);
  t.match(text, /1 change: 1 high; 2 proxies get a new configuration\n$/);
  t.notMatch(text, '\u001b');
  t.match(renderReviewText(review, { color: true }), '\u001b');
  t.equal(renderReviewText(reviewMeshes(shop, shop)), 'nothing changes\n');

  const markdown = renderReviewMarkdown(review, { headUrl: 'https://git.example.com/blob/abc/' });
  t.match(
    markdown,
    /^### Fairlead review\n\n\*\*1 change: 1 high\*\*; 2 proxies get a new configuration\.\n\n\| {2}\| change \|/,
  );
  t.match(markdown, '`GET /admin/*`');
  t.match(markdown, /\[mesh\.yaml:\d+:1\]\(https:\/\/git\.example\.com\/blob\/abc\/mesh\.yaml#L\d+\)/);
  t.match(markdown, /<details>[\s\S]*Decision path in head[\s\S]*<\/details>/);

  const json = JSON.parse(renderReviewJson(review));
  t.match(json, {
    version: 1,
    rows: [
      {
        kind: 'access',
        witness: {
          from: 'infra/ops',
          request: { method: 'GET' },
          base: { outcome: 'denied' },
          head: { outcome: 'allowed' },
        },
      },
    ],
  });

  const nasty = {
    ...review,
    rows: review.rows.map((row) => ({ ...row, title: '<img src=x> | `a` [b](c)\nd', requests: ['GET /a|b<c>'] })),
  };
  const quoted = renderReviewMarkdown(nasty);
  t.notMatch(quoted, '<img');
  const cells = quoted.split('\n').find((line) => line.includes('access gained')) ?? '';
  t.notMatch(cells, '[b](c)');
  t.equal(cells.replaceAll('\\|', '').split('|').length, 6, 'a table row keeps its cells');
  const titled = (title: string) =>
    renderReviewMarkdown({ ...review, rows: review.rows.map((row) => ({ ...row, title })) });
  const links = 'to @acme/ops, of joe@example.com for acme/shop#12, #7; https://a.example/x';
  t.match(titled(links), '| to `@acme/ops`, of `joe@example.com` for `acme/shop#12`, `#7`; `https://a.example/x` |');
  const alive = 'set x: $x$, $a b$ or :smile:, x=5d4f8c9; 0123456789abcdef0123456789abcdef01234567';
  t.match(
    titled(alive),
    '| set x: `$x$`, `$a` `b$` or `:smile:`, `x=5d4f8c9`; `0123456789abcdef0123456789abcdef01234567` |',
  );
  t.match(
    titled(alive),
    '<code>$x$</code>, <code>$a</code> <code>b$</code> or <code>:smile:</code>, <code>x=5d4f8c9</code>',
  );
  t.match(titled('m.yaml:100:1'), '| `m.yaml:100:1` |');
  t.match(
    titled('m.yaml:10:1 in 12345678s: 0x12 faceless'),
    '| m.yaml:10:1 in 12345678s: 0x12 faceless |',
    'are words',
  );
  t.ok(titled('a'.repeat(300_000)), 'texts are looked through once');
  const many = { ...review, rows: Array.from({ length: 300 }, () => review.rows[0] ?? ([] as never)) };
  t.ok(renderReviewMarkdown(many).length < 65_536, 'fits a comment');
  t.match(renderReviewText(many), '… and 200 more');
});

// A short run of what `make review-long` does at length.
import t from 'tap';
import { skipWithoutEnvoy } from '../compiler/test/support/envoy.ts';
import { families } from './conformance/review-families.ts';
import { flips, replays } from './conformance/review-pairs.ts';

t.setTimeout(300_000);

t.test('B4: no request fares differently without a row', async (t) => {
  let changed = 0;
  for (const { name, checked, failures } of flips(25, 100, 1)) {
    t.same(failures, [], name);
    changed += checked;
  }
  t.ok(changed > 100, `${changed} requests fare differently`);
});

t.test('B4: what a row says shows on two meshes of Envoys', { skip: skipWithoutEnvoy }, async (t) => {
  let rows = 0;
  for (const family of families(1, 3, 1)) {
    for await (const { name, checked, failures } of replays(family, 'envoy')) {
      t.same(failures, [], name);
      rows += checked;
    }
  }
  t.ok(rows > 5, `${rows} rows`);
});

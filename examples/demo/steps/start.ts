// Step 1: the repository is checked, tested and brought up.
import { expect, fairlead, say } from '../stage.ts';
import type { Step } from './index.ts';

export const start: Step = {
  title: 'An intent repository, checked, tested and brought up on this machine',
  play: async (shop, proxy) => {
    await shop.createRepository();
    say(shop.read('intent/catalogue/shoes.yaml'));
    expect((await fairlead(['check', '.'], shop.clone)).code === 0, 'the shop to pass `fairlead check`');
    expect((await fairlead(['test', '.'], shop.clone, { lines: 6 })).code === 0, 'every MeshTest of the shop to pass');
    await shop.start(proxy);
    const { proxies } = await shop.status();
    expect(
      proxies.length > 8 && proxies.every((p) => p.state === 'current'),
      'every proxy to have acknowledged the first commit',
    );
  },
};

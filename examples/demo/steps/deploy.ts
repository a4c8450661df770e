// Steps 8 and 9: deploys by `git push`, a good one under load and a bad one.
import http from 'node:http';
import { send } from '../requests.ts';
import { expect, fairlead, say, sayAnswer } from '../stage.ts';
import type { Step } from './index.ts';
import { measureCanary, outboundOf } from './traffic.ts';

const ordersFile = 'intent/orders/orders.yaml';

export const canaryShift: Step = {
  title: 'Deploy: a git push moves the canary to 50/50 under constant load, and no request fails',
  play: async (shop) => {
    const from = outboundOf(await shop.status(), 'shop/cart');
    const load = startLoad(from);
    shop.edit(
      ordersFile,
      '{ version: v1, weight: 90 }, { version: v2, weight: 10 }',
      '{ version: v1, weight: 50 }, { version: v2, weight: 50 }',
    );
    const commit = await shop.commit('orders: half of the traffic to v2');
    const waited = await fairlead(['wait', shop.repository, '--commit', commit, '--timeout', '20s'], shop.folder);
    expect(waited.code === 0, 'every proxy to acknowledge the commit');
    const { sent, failures } = await load.stop();
    say(`load during the push: ${sent} requests, ${failures.length} failed`);
    expect(sent > 50, 'a real load');
    expect(failures.length === 0, `no failed request, but: ${failures.slice(0, 3).join('; ')}`);
    const share = await measureCanary(from, 400);
    expect(Math.abs(share - 0.5) < 0.11, `about half of the answers from v2, not ${(share * 100).toFixed(1)} %`);
  },
};

export const badCommit: Step = {
  title: 'Deploy: a bad intent is refused at its line, and last good stays',
  play: async (shop) => {
    const before = (await shop.status()).commit;
    shop.edit(ordersFile, '{ version: v2, weight: 50 }', '{ version: v3, weight: 50 }');
    const commit = await shop.commit('orders: a version that does not exist');
    const waited = await fairlead(['wait', shop.repository, '--commit', commit, '--timeout', '20s'], shop.folder);
    expect(waited.code === 1, 'the bad commit to be refused');
    expect(
      /intent\/orders\/orders\.yaml:\d+:\d+/.test(waited.stdout + waited.stderr),
      'the refusal to name file, line and column',
    );
    const status = await shop.status();
    expect(status.commit === before, 'last good to stay');
    const answer = await send(outboundOf(status, 'shop/cart'), 'GET', 'http://orders/orders/1');
    sayAnswer('cart → GET http://orders/orders/1', answer.status, 'as before');
    expect(answer.status === 200, 'orders to be served as before');
    shop.edit(ordersFile, '{ version: v3, weight: 50 }', '{ version: v2, weight: 50 }');
    await shop.commit('orders: back to what works', { quiet: true });
  },
};

/** Eight callers, one request after the other each, until stopped. */
function startLoad(from: string): { stop(): Promise<{ sent: number; failures: string[] }> } {
  const agent = new http.Agent({ keepAlive: true });
  const failures: string[] = [];
  let sent = 0;
  let running = true;
  const caller = async () => {
    while (running) {
      sent += 1;
      const outcome = await send(from, 'GET', 'http://orders/orders/1', { agent }).catch((error: Error) => error);
      if (outcome instanceof Error) failures.push(outcome.message);
      else if (outcome.status !== 200) failures.push(`status ${outcome.status}: ${outcome.body}`);
    }
  };
  const callers = Array.from({ length: 8 }, caller);
  return {
    stop: async () => {
      running = false;
      await Promise.all(callers);
      agent.destroy();
      return { sent, failures };
    },
  };
}

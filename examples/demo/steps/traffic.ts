// Steps 2 to 6: requests through real proxies. What a service answers tells which version of it answered.
import http from 'node:http';
import { readFileSync } from 'node:fs';
import { type Answer, greetPostgres, send } from '../requests.ts';
import type { Instance, Shop, Status } from '../shop.ts';
import { DemoFailure, expect, fairlead, say, sayAnswer } from '../stage.ts';
import type { Step } from './index.ts';

const canaryRequests = 1000;

export const pathRouting: Step = {
  title: 'Path routing: /login of myapp is answered by auth',
  play: async (shop) => {
    const from = outboundOf(await shop.status(), 'shop/hello');
    const page = await ask('hello', from, 'GET', 'http://myapp/');
    const login = await ask('hello', from, 'GET', 'http://myapp/login');
    expect(page.status === 200 && serviceOf(page) === 'myapp', 'myapp to answer /');
    expect(login.status === 200 && serviceOf(login) === 'auth', 'auth to answer /login');
  },
};

export const ingress: Step = {
  title: 'Ingress: hello.com, and nothing else, from outside; HTTPS with redirect for the shop',
  play: async (shop) => {
    const status = await shop.status();
    const gateway = status.addresses.gateways['edge/public'] ?? {};
    const web = gateway.web ?? '';
    const hello = await ask('outside', web, 'GET', 'http://hello.com/');
    const unknown = await ask('outside', web, 'GET', 'http://elsewhere.example.com/');
    const redirect = await ask('outside', web, 'GET', 'http://shop.example.com/');
    const ca = readFileSync(status.meshCaFile, 'utf8');
    const secure = await ask('outside', gateway.secure ?? '', 'GET', 'https://shop.example.com/', ca);
    expect(hello.status === 200 && serviceOf(hello) === 'hello', 'hello to answer for hello.com');
    expect(unknown.status === 404, 'an unknown host to get 404');
    expect(
      redirect.status === 301 && redirect.headers.location === 'https://shop.example.com/',
      'http to be redirected to https',
    );
    expect(secure.status === 200 && serviceOf(secure) === 'myapp', 'myapp to answer over HTTPS');
  },
};

export const access: Step = {
  title: 'Access: inventory may only POST to shoes, everybody else is kept out, users is open',
  play: async (shop) => {
    const status = await shop.status();
    const inventory = outboundOf(status, 'shop/inventory');
    const post = await ask('inventory', inventory, 'POST', 'http://shoes/stock');
    const get = await ask('inventory', inventory, 'GET', 'http://shoes/stock');
    const cart = await ask('cart', outboundOf(status, 'shop/cart'), 'POST', 'http://shoes/stock');
    const users = await ask('cart', outboundOf(status, 'shop/cart'), 'GET', 'http://users/7');
    expect(post.status === 200, 'the POST of inventory to be allowed');
    expect(
      get.status === 403 && cart.status === 403,
      'the GET of inventory and the POST of cart to be denied with 403',
    );
    expect(users.status === 200, 'users to be open');
    say('\nWhy? Asked of the intent, without sending anything:');
    const why = await fairlead(
      ['explain', '.', '--from', 'inventory', '--request', 'GET http://shoes/stock'],
      shop.clone,
    );
    expect(
      why.code === 1 && /intent\/catalogue\/shoes\.yaml:\d+/.test(why.stdout),
      'the denial to be explained by file and line',
    );
    await explainLog(shop);
  },
};

/** The line that the denying proxy wrote of the first denied request, and what it is traced back to. */
async function explainLog(shop: Shop): Promise<void> {
  const line = await deniedLine(shop);
  const { listener, method, path, authority, downstream_peer, response_code, response_code_details, workload } =
    JSON.parse(line) as Record<string, unknown>;
  say('\nWhy? Asked of the line that the proxy of shoes logged (some of its fields):');
  for (const [name, value] of Object.entries({ workload, listener, method, authority, path, downstream_peer }))
    say(`  ${name.padEnd(22)} ${value}`);
  say(
    `  ${'response_code'.padEnd(22)} ${response_code}\n  ${'response_code_details'.padEnd(22)} ${response_code_details}`,
  );
  const traced = await fairlead(['explain', '.', '--log-line', line], shop.clone, {
    shownAs: "explain . --log-line '{…}'",
  });
  expect(
    traced.code === 0 && /no rule allows it .*\n +at intent\/catalogue\/shoes\.yaml:\d+/.test(traced.stdout),
    'the log line to be traced back to file and line',
  );
}

/** Envoy writes its log a little later than it answers. */
async function deniedLine(shop: Shop): Promise<string> {
  const { proxies, programs } = await shop.status();
  const program = proxies.find(({ workload }) => workload === 'shop/shoes')?.program;
  const logFile = programs.find(({ id }) => id === program)?.logFile ?? '';
  for (let i = 0; i < 100; i++) {
    const lines = readFileSync(logFile, 'utf8').split('\n');
    const line = lines.find((text) => text.includes('rbac_access_denied') && text.includes('"shop/shoes"'));
    if (line !== undefined) return line.slice(line.indexOf('{'));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new DemoFailure(`expected a denied request in ${logFile}`);
}

export const canary: Step = {
  title: `Canary: ${canaryRequests} requests to orders, one in ten to v2`,
  play: async (shop) => {
    const share = await measureCanary(outboundOf(await shop.status(), 'shop/cart'), canaryRequests);
    // Four standard deviations of a fair 10 % coin over 1,000 throws are 38: a right proxy fails this once in 16,000 runs.
    expect(Math.abs(share - 0.1) < 0.04, `about 10 % of the answers from v2, not ${(share * 100).toFixed(1)} %`);
  },
};

export const virtualMachine: Step = {
  title: 'A virtual machine: inventory reaches PostgreSQL over TCP, nobody else does',
  play: async (shop) => {
    const status = await shop.status();
    const answers = new Map<string, string>();
    for (const workload of ['shop/inventory', 'shop/cart', 'billing/payments']) {
      const address = instanceOf(status, workload).outboundTcp['postgres.shop.svc.cluster.local:5432'];
      const answer = address === undefined ? 'no way to postgres' : await greetPostgres(address);
      say(`${`${workload} → tcp://postgres.shop:5432`.padEnd(52)} ${answer}`);
      answers.set(workload, answer);
    }
    const isAnswered = (workload: string) => answers.get(workload)?.startsWith('PostgreSQL answered') === true;
    expect(isAnswered('shop/inventory'), 'a PostgreSQL answer for inventory');
    expect(
      !isAnswered('shop/cart') && !isAnswered('billing/payments'),
      'no answer for those that do not declare the use',
    );
  },
};

/** Share of the answers that came from v2, over `count` requests, sixteen at a time. */
export async function measureCanary(from: string, count: number): Promise<number> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
  const counts = new Map<string, number>();
  const answers = Array.from({ length: count }, async () => {
    const answer = await send(from, 'GET', 'http://orders/orders/1', { agent });
    const version = answer.status === 200 ? versionOf(answer) : `status ${answer.status}`;
    counts.set(version, (counts.get(version) ?? 0) + 1);
  });
  await Promise.all(answers);
  agent.destroy();
  say(
    `cart → GET http://orders/orders/1 × ${count}   ${[...counts]
      .toSorted()
      .map(([version, n]) => `${version}: ${n}`)
      .join(', ')}`,
  );
  expect(
    [...counts.keys()].every((key) => key === 'v1' || key === 'v2'),
    'only answers from v1 and v2',
  );
  return (counts.get('v2') ?? 0) / count;
}

export function instanceOf(status: Status, workload: string): Instance {
  const instance = status.addresses.instances.find((i) => i.workload === workload);
  expect(instance !== undefined, `an instance of ${workload} to run`);
  return instance;
}

export function outboundOf(status: Status, workload: string): string {
  const address = instanceOf(status, workload).outboundHttp;
  expect(address !== undefined, `${workload} to have a sidecar`);
  return address;
}

async function ask(who: string, address: string, method: string, url: string, ca?: string): Promise<Answer> {
  const answer = await send(address, method, url, ca === undefined ? {} : { ca });
  const by =
    answer.status === 200
      ? `from ${serviceOf(answer)} ${versionOf(answer)}`
      : answer.headers.location
        ? `to ${answer.headers.location}`
        : answer.body.trim();
  sayAnswer(`${who} → ${method} ${url}`, answer.status, by);
  return answer;
}

function serviceOf(answer: Answer): string {
  return field(answer, 'service');
}

function versionOf(answer: Answer): string {
  return field(answer, 'version');
}

function field(answer: Answer, name: string): string {
  try {
    return String((JSON.parse(answer.body) as Record<string, unknown>)[name] ?? '');
  } catch {
    return '';
  }
}

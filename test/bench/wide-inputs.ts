// Kinds of generated intent whose questions are wide: many routes on one header, many headers, wide splits, regexes whose automata explode.

/** One kind of wide input. `n` is how wide. */
export interface WideInput {
  readonly name: string;
  /** What the service `shoes` says besides its port; `timeout` is that of the middle route, `open` a path of the middle rule. */
  readonly spec: (n: number, middle: Middle) => string;
  /** Further services that it sends to. */
  readonly others?: number | 'n';
  /** Further versions `w0` and so on. */
  readonly versions?: 'n';
  /** Of a gateway: what its spec says. */
  readonly gateway?: (n: number) => string;
}

export interface Middle {
  readonly timeout: string;
  readonly open: string;
  readonly isChanged: boolean;
}

export const numbers = (n: number) => [...Array(n).keys()];
const middleOf = (n: number) => Math.floor(n / 2);

/** A route for each number, that of the middle with a timeout of its own. */
function routes(n: number, { timeout }: Middle, match: (i: number) => string): string {
  const one = (i: number) =>
    `    - { match: ${match(i)}, to: [{ version: v2 }], timeout: ${i === middleOf(n) ? timeout : '9s'} }`;
  return `  routes:\n${numbers(n).map(one).join('\n')}\n    - { to: [{ version: v1 }] }\n`;
}

/** A route for each number to a destination by number; changed, they stand the other way round. */
function orderedRoutes(
  n: number,
  { isChanged }: Middle,
  match: (i: number) => string,
  to: (i: number) => string,
): string {
  const list = numbers(n).map((i) => `    - { match: ${match(i)}, to: [${to(i)}] }`);
  return `  routes:\n${(isChanged ? list.toReversed() : list).join('\n')}\n    - { to: [{ version: v1 }] }\n`;
}

const serviceOf = (i: number) => `{ service: s${i} }`;
const versionOf = (i: number) => `{ version: v${1 + (i % 2)} }`;

function rewrites(n: number, { isChanged }: Middle, to: (i: number) => string = () => ''): string {
  const target = (i: number) => `/${isChanged ? 's' : 'r'}${i}/`;
  const one = (i: number) => `    - { match: { path: /p${i}/* }, rewrite: { path: ${target(i)} }${to(i)} }\n`;
  return `  routes:\n${numbers(n).map(one).join('')}`;
}

function denied(n: number, paths: (i: number) => string): string {
  const rule = (i: number) => `      - { paths: [${paths(i)}] }\n`;
  return `  access:\n    allow: [{ from: [{ namespace: shop }] }]\n    deny:\n${numbers(n).map(rule).join('')}`;
}

const anyCaller = '  access: { allow: [{ from: [{ namespace: shop }] }] }\n';

const singles: readonly WideInput[] = [
  {
    name: 'routes by a user-agent regex',
    spec: (n, m) => routes(n, m, (i) => `{ headers: { user-agent: { regex: ".*bot${i}x.*" } } }`) + anyCaller,
  },
  {
    name: 'routes by two headers each',
    spec: (n, m) => routes(n, m, (i) => `{ headers: { x-a${i}: on, x-b${i}: on } }`) + anyCaller,
  },
  {
    name: 'routes by two regexes each, on the same headers',
    spec: (n, m) =>
      routes(n, m, (i) => `{ headers: { x-a: { regex: ".*a${i}x.*" }, x-b: { regex: ".*b${i}x.*" } } }`) + anyCaller,
  },
  {
    name: 'routes by distinct headers',
    spec: (n, m) => routes(n, m, (i) => `{ headers: { x-${i}: { present: true } } }`) + anyCaller,
  },
  {
    name: 'routes by negated headers',
    spec: (n, m) =>
      routes(n, m, (i) => `{ headers: { x-a: { not: { regex: ".*a${i}x.*" } }, x-${i}: { not: off } } }`) + anyCaller,
  },
  {
    name: 'routes by query parameters',
    spec: (n, m) => routes(n, m, (i) => `{ query: { q${i}: { regex: ".*a.*" }, r${i}: "1" } }`) + anyCaller,
  },
  {
    name: 'routes by distinct headers to distinct services, the other way round',
    others: 'n',
    spec: (n, m) => orderedRoutes(n, m, (i) => `{ headers: { x-${i}: on } }`, serviceOf) + anyCaller,
  },
  {
    name: 'routes by distinct headers to two versions, the other way round',
    spec: (n, m) => orderedRoutes(n, m, (i) => `{ headers: { x-${i}: on } }`, versionOf) + anyCaller,
  },
  {
    name: 'routes by two query parameters each to distinct services, the other way round',
    others: 'n',
    spec: (n, m) => orderedRoutes(n, m, (i) => `{ query: { q${i}: "1", r${i}: "1" } }`, serviceOf) + anyCaller,
  },
  {
    name: 'routes by path regexes /.*ababab.*bababa.{5}',
    spec: (n, m) => {
      const text = (i: number, k: number) =>
        numbers(6)
          .map((j) => (((i >> (j % 3)) + j + k) % 2 ? 'a' : 'b'))
          .join('');
      return routes(n, m, (i) => `{ path: { regex: "/.*${text(i, 0)}${i >> 3}.*${text(i, 1)}.{5}" } }`) + anyCaller;
    },
  },
  {
    name: '5n routes, each but the last by a path prefix, one taken out',
    spec: (n, m) => {
      const list = numbers(5 * n - 1).map((i) => `    - { match: { path: /p${i}/* }, to: [{ version: v2 }] }\n`);
      const left = m.isChanged ? list.toSpliced(middleOf(5 * n), 1) : list;
      return `  routes:\n${left.join('')}    - { to: [{ version: v1 }] }\n${anyCaller}`;
    },
  },
  {
    name: 'routes by a path prefix, each with another timeout than before',
    spec: (n, { isChanged }) => {
      const one = (i: number) =>
        `    - { match: { path: /p${i}/* }, to: [{ version: v2 }], timeout: ${(isChanged ? 20_000 : 1000) + i}ms }\n`;
      return `  routes:\n${numbers(n).map(one).join('')}    - { to: [{ version: v1 }] }\n${anyCaller}`;
    },
  },
  {
    name: 'routes by a segment anywhere in the path',
    spec: (n, m) => routes(n, m, (i) => `{ path: { regex: "/(.*/)?p${i}x(/.*)?" } }`) + anyCaller,
  },
  {
    name: 'one path regex /.*a.{n}',
    spec: (n, m) =>
      `  routes:
    - { match: { path: { regex: "/.*a.{${n}}" } }, to: [{ version: v2 }], timeout: ${m.timeout} }
    - { match: { path: { regex: "/.*b.{${n}}" } }, to: [{ version: v2 }] }
    - { to: [{ version: v1 }] }
${anyCaller}`,
  },
  {
    name: 'header regexes (a?){5n} and (.?){5n}',
    spec: (n, m) =>
      `  routes:
    - { match: { headers: { x-a: { regex: "(a?){${5 * n}}x" } } }, to: [{ version: v2 }], timeout: ${m.timeout} }
    - { match: { headers: { x-b: { regex: "(.?){${5 * n}}y" } } }, to: [{ version: v2 }] }
    - { to: [{ version: v1 }] }
${anyCaller}`,
  },
  {
    name: 'n header regexes (a?){500}',
    spec: (n, m) => routes(n, m, (i) => `{ headers: { x-a: { regex: "(a?){500}b${i}" } } }`) + anyCaller,
  },
  {
    name: 'n paths, each with n header values',
    spec: (n, m) => {
      const alternatives = (i: number) => numbers(n).map((k) => `{ path: /p${i}, headers: { x-a: v${(i + k) % n} } }`);
      const lists = numbers(Math.min(n, 20)).map((i) => `[${alternatives(i).join(', ')}]`);
      return routes(lists.length, m, (i) => lists[i] ?? '') + anyCaller;
    },
  },
  {
    name: 'split to n services, each with rules of its own',
    others: 'n',
    spec: (n, { timeout }) => {
      const weight = (i: number) => Math.floor((100 * (i + 1)) / n) - Math.floor((100 * i) / n);
      // More than a hundred whole percents there are not: the rest is copied to.
      const to = numbers(n).flatMap((i) => (weight(i) > 0 ? [`{ service: s${i}, weight: ${weight(i)} }`] : []));
      return `  routes:\n    - { to: [${to.join(', ')}], timeout: ${timeout} }\n${anyCaller}`;
    },
  },
  {
    name: 'access rules, n by n',
    spec: (n, { open }) => {
      const rule = (i: number) =>
        `      - { from: [{ service: c${i % 10} }, { namespace: shop }], methods: [GET, POST], paths: [/r${i}/*, { suffix: .x${i} }, ${i === middleOf(n) ? open : `/s${i}`}] }`;
      const deny = numbers(n).map(
        (i) => `      - { paths: [/r${i}/private/*], unless: { from: [{ namespace: ops }] } }`,
      );
      return `  access:\n    allow:\n${numbers(n).map(rule).join('\n')}\n    deny:\n${deny.join('\n')}\n`;
    },
    others: 10,
  },
  {
    name: 'n rewritten paths, each another than before, and n denied suffixes',
    spec: (n, m) => rewrites(n, m) + denied(n, (i) => `{ suffix: .x${i} }`),
  },
  {
    name: 'n rewritten paths, each another than before, and n denied suffixes of one method',
    spec: (n, m) => rewrites(n, m) + denied(n, (i) => `{ suffix: .x${i} }], methods: [GET`),
  },
  {
    name: 'n rewritten paths, each another than before, to two versions, and n denied suffixes and paths',
    spec: (n, m) =>
      rewrites(n, m, (i) => `, to: [${versionOf(i)}]`) + denied(n, (i) => `{ suffix: .x${i} }, /r${i}/y${i}/*`),
  },
  {
    name: 'n routes by a path prefix, each with another rewrite than before',
    spec: (n, m) => rewrites(n, m) + anyCaller,
  },
  {
    name: 'n routes by a path regex, each with another rewrite than before',
    spec: (n, { isChanged }) => {
      const target = (i: number) => `/${isChanged ? 's' : 'r'}${i}`;
      const one = (i: number) =>
        `    - { match: { path: { regex: "/p${i}/[^/]+(/.*)?" } }, rewrite: { path: ${target(i)} } }\n`;
      return `  routes:\n${numbers(n).map(one).join('')}${anyCaller}`;
    },
  },
  {
    name: 'n routes by a path prefix and those of two headers, each with another rewrite than before',
    spec: (n, { isChanged }) => {
      const match = (i: number) =>
        `{ path: { prefix: /p${i} }, headers: { x-a: { prefix: b${i} }, x-b: { suffix: c${i} } } }`;
      const target = (i: number) => `/${isChanged ? 's' : 'r'}${i}/`;
      const one = (i: number) => `    - { match: ${match(i)}, rewrite: { path: ${target(i)} } }\n`;
      return `  routes:\n${numbers(n).map(one).join('')}${anyCaller}`;
    },
  },
  {
    name: 'exposed at n listeners, each with a port and a host of its own',
    spec: (n, { timeout }) => {
      const exposed = numbers(n).map((i) => `    - { gateway: edge, host: h${i}.example.com }\n`);
      return `  routes: [{ timeout: ${timeout} }]\n  expose:\n${exposed.join('')}  access: { allow: [{}] }\n`;
    },
    gateway: (n) => {
      const one = (i: number) =>
        `    - { name: l${i}, port: ${8000 + i}, protocol: HTTP, hosts: [h${i}.example.com] }\n`;
      return `  listeners:\n${numbers(n).map(one).join('')}`;
    },
  },
  {
    name: 'access rules, each of n paths',
    spec: (n, { open }) => {
      const paths = (i: number) => numbers(n).map((k) => (i === k && i === middleOf(n) ? open : `/r${i}/s${k}`));
      const rules = numbers(n).map((i) => `      - { from: [{ namespace: shop }], paths: [${paths(i).join(', ')}] }\n`);
      return `  access:\n    allow:\n${rules.join('')}`;
    },
  },
  {
    name: 'split to n versions, with copies to n more',
    others: 'n',
    spec: (n, { timeout }) => {
      const share = (i: number) => Math.floor((100 * (i + 1)) / n) - Math.floor((100 * i) / n);
      const to = numbers(n).flatMap((i) => (share(i) > 0 ? [`{ version: w${i}, weight: ${share(i)} }`] : []));
      const copies = numbers(n).map((i) => `{ to: { service: s${i} }, on: 10% }`);
      return `  routes:\n    - { to: [${to.join(', ')}], mirror: [${copies.join(', ')}], timeout: ${timeout} }\n${anyCaller}`;
    },
    versions: 'n',
  },
  {
    name: 'all of it: paths, regexes, headers, rewrites, a split, rules',
    others: 10,
    spec: (n, m) => {
      const match = (i: number) =>
        `{ path: /p${i}/*, headers: { user-agent: { regex: ".*bot${i}x.*" }, x-a${i}: on }, query: { q: v${i} } }`;
      const to = numbers(10).map((i) => `{ service: s${i}, weight: 10 }`);
      const split = `    - { match: { headers: { x-split: on } }, rewrite: { path: /y/ }, to: [${to.join(', ')}] }\n`;
      const rules = numbers(n).map((i) => `{ from: [{ namespace: shop }], paths: [/p${i}/a, { suffix: .y${i} }] }`);
      return `${routes(n, m, match).replace('  routes:\n', `  routes:\n${split}`)}  access: { allow: [${rules.join(', ')}] }\n`;
    },
  },
];

/** A tenth of the width of each at once; of the catch-alls only the last is left. */
const together: WideInput = {
  name: 'all other inputs in one service',
  others: 'n',
  versions: 'n',
  spec: (n, m) => {
    // Each with paths and headers of its own, lest it take what the others ask for.
    const lines = singles
      .filter((one) => !one.gateway)
      .flatMap(({ spec }, i) =>
        spec(Math.max(1, Math.floor(n / 10)), m)
          .replace(/x-([ab]?\d*)(?=[:}])/g, `x-i${i}-$1`)
          .replace(/bot/g, `bot${i}-`)
          .replace(/([ "[])\/(?!\*)/g, `$1/i${i}/`)
          .split('\n'),
      );
    const matching = lines.filter((line) => line.startsWith('    - { match:'));
    const deny = lines.filter((line) => line.startsWith('      - { paths:'));
    const allow = lines.filter((line) => line.startsWith('      - { from:'));
    return `  routes:\n${matching.join('\n')}\n    - { to: [{ version: v1 }] }\n  access:\n    allow:\n${allow.join('\n')}\n    deny:\n${deny.join('\n')}\n`;
  },
};

export const wideInputs: readonly WideInput[] = [...singles, together];

// Two network namespaces joined with each other and with this one, as two pods and their node are. Needs root; gone after the test.
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Test } from 'tap';

export interface Namespace {
  /** For `ip netns exec`. */
  readonly name: string;
  /** Where the other namespace reaches it. */
  readonly address: string;
  /** Where this machine reaches it. */
  readonly addressFromNode: string;
  /** Where it reaches this machine. */
  readonly nodeAddress: string;
}

export interface Network {
  readonly caller: Namespace;
  readonly callee: Namespace;
  /** An address that nothing has; the caller's way to it leads out over the link to the callee. */
  readonly virtualAddress: string;
}

/** Why there can be no namespaces here, or false. Give it to tap as `skip`. */
export function whyNoNamespaces(): string | false {
  if (process.getuid?.() !== 0) return 'namespaces need root';
  for (const [tool, ...args] of [
    ['ip', '-V'],
    ['iptables-restore', '--version'],
    ['ip6tables-restore', '--version'],
    ['setpriv', '--version'],
  ] as const) {
    if (!succeeds(tool, ...args)) return `there is no ${tool} in PATH`;
  }
  const probe = `fairlead-probe-${process.pid}`;
  if (!succeeds('ip', 'netns', 'add', probe)) return 'this machine lets nobody make a network namespace';
  const hasTable = succeeds('ip', 'netns', 'exec', probe, 'iptables', '-t', 'nat', '-S');
  run('ip', 'netns', 'del', probe);
  return hasTable ? false : 'the kernel has no nat table';
}

export function makeNetwork(test: Test): Network {
  const tag = `fl${process.pid}`;
  const names = { caller: `${tag}-caller`, callee: `${tag}-callee` };
  // 198.18.0.0/15 is for tests of networks (RFC 2544): no host has a business there.
  const prefix = `198.18.${randomInt(256)}`;
  test.teardown(() => {
    for (const link of [`${tag}a`, `${tag}c`]) succeeds('ip', 'link', 'del', link);
    for (const name of Object.values(names)) succeeds('ip', 'netns', 'del', name);
  });
  for (const name of Object.values(names)) {
    run('ip', 'netns', 'add', name);
    run('ip', '-n', name, 'link', 'set', 'lo', 'up');
  }
  join([`${tag}a`, undefined, `${prefix}.1`], [`${tag}b`, names.caller, `${prefix}.2`]);
  join([`${tag}c`, undefined, `${prefix}.5`], [`${tag}d`, names.callee, `${prefix}.6`]);
  join([`${tag}e`, names.caller, `${prefix}.9`], [`${tag}f`, names.callee, `${prefix}.10`]);
  run('ip', '-n', names.caller, 'route', 'add', 'default', 'via', `${prefix}.10`);
  run('ip', '-n', names.callee, 'route', 'add', 'default', 'via', `${prefix}.9`);
  return {
    caller: {
      name: names.caller,
      address: `${prefix}.9`,
      addressFromNode: `${prefix}.2`,
      nodeAddress: `${prefix}.1`,
    },
    callee: {
      name: names.callee,
      address: `${prefix}.10`,
      addressFromNode: `${prefix}.6`,
      nodeAddress: `${prefix}.5`,
    },
    virtualAddress: `${prefix}.200`,
  };
}

/** Gives it an IPv6 address, and a way to all others. False where the machine has no IPv6. */
export function addIpv6({ name, address }: Namespace): boolean {
  if (!existsSync('/proc/net/if_inet6')) return false;
  succeeds('ip', 'netns', 'exec', name, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=0');
  const list = execFileSync('ip', ['-n', name, '-o', '-4', 'address']).toString().split('\n');
  const link = list.find((line) => line.includes(` ${address}/`))?.split(/\s+/)[1] ?? '';
  return (
    succeeds('ip', '-n', name, 'address', 'add', 'fd00::9/64', 'dev', link, 'nodad') &&
    succeeds('ip', '-n', name, '-6', 'route', 'add', 'default', 'dev', link)
  );
}

/** Runs the very command of an init container, with its environment. */
export function runInit(
  { name }: Namespace,
  container: { readonly command: readonly string[]; readonly env: readonly { name: string; value: string }[] },
): void {
  const env = { ...process.env, ...Object.fromEntries(container.env.map((e) => [e.name, e.value])) };
  execFileSync('ip', ['netns', 'exec', name, ...container.command], { env, stdio: ['ignore', 'ignore', 'pipe'] });
}

type End = readonly [link: string, namespace: string | undefined, address: string];

function join(a: End, b: End): void {
  run('ip', 'link', 'add', a[0], 'type', 'veth', 'peer', 'name', b[0]);
  for (const [link, namespace] of [a, b]) if (namespace) run('ip', 'link', 'set', link, 'netns', namespace);
  for (const [link, namespace, address] of [a, b]) {
    const there = namespace ? ['-n', namespace] : [];
    run('ip', ...there, 'address', 'add', `${address}/30`, 'dev', link);
    run('ip', ...there, 'link', 'set', link, 'up');
  }
}

function run(command: string, ...args: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function succeeds(command: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

// Network namespaces on one bridge: the hub (control planes), the world (all that is outside), a process without a proxy, and pods.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';

/** 198.18.0.0/15 is for tests of networks (RFC 2544). */
export const addresses = {
  hub: '198.18.0.1',
  world: '198.18.0.2',
  plain: '198.18.0.3',
  /** Answers every name. */
  dns: '198.19.255.53',
  /** What any name resolves to that nobody has. */
  elsewhere: '198.19.255.9',
} as const;

export type NamespaceName = 'hub' | 'world' | 'plain' | `p${number}`;

export function podAddress(i: number): string {
  return `198.18.1.${10 + i}`;
}

/** Of the same machine; only what is outside the mesh is called by such an address. */
function version6(address: string): string {
  return `fd18::${address.replaceAll('.', ':')}`;
}

function existing(): readonly string[] {
  const lines = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }).split('\n');
  return lines.map((line) => line.split(' ')[0] ?? '');
}

function removeNamespace(name: string): void {
  run('ip', 'netns', 'del', name);
  rmSync(`/etc/netns/${name}`, { recursive: true, force: true });
}

export class Network {
  readonly #tag: string;

  /** Names of namespaces are the machine's: another tag, another world beside this one. */
  constructor(tag: string) {
    this.#tag = tag;
  }

  nameOf(namespace: NamespaceName): string {
    return `${this.#tag}-${namespace}`;
  }

  create(pods: number): void {
    const hub = this.nameOf('hub');
    run('ip', 'netns', 'add', hub);
    run('ip', '-n', hub, 'link', 'set', 'lo', 'up');
    run('ip', '-n', hub, 'link', 'add', 'br0', 'type', 'bridge');
    run('ip', '-n', hub, 'address', 'add', `${addresses.hub}/16`, 'dev', 'br0');
    run('ip', '-n', hub, 'link', 'set', 'br0', 'up');
    this.#add('world', addresses.world);
    // Every address that is nobody else's is the world's, but for those of services.
    const world = this.nameOf('world');
    for (const family of ['-4', '-6']) {
      run('ip', '-n', world, family, 'route', 'add', 'local', 'default', 'dev', 'lo', 'table', 'main');
    }
    run('ip', 'netns', 'exec', world, 'sysctl', '-qw', 'net.ipv6.ip_nonlocal_bind=1');
    run('ip', '-n', world, 'route', 'add', 'unreachable', '10.101.0.0/16');
    const others = [['plain', addresses.plain] as const];
    const all = [...others, ...Array.from({ length: pods }, (_, i) => [`p${i}`, podAddress(i)] as const)];
    for (const [namespace, address] of all) {
      this.#add(namespace as NamespaceName, address);
      const name = this.nameOf(namespace as NamespaceName);
      run('ip', '-n', name, 'route', 'add', 'default', 'via', addresses.world);
      run('ip', '-n', name, '-6', 'route', 'add', 'default', 'via', version6(addresses.world));
    }
  }

  remove(): void {
    for (const name of existing()) if (name.startsWith(`${this.#tag}-`)) removeNamespace(name);
  }

  /** The tag of a process: what it made is known to be left behind when the process is no more. */
  static tagOf(pid: number): string {
    return `fli${pid}`;
  }

  /** Whoever is killed takes nothing away. */
  static removeLeftBehind(): void {
    for (const name of existing()) {
      const [, pid] = /^fli(\d+)-/.exec(name) ?? [];
      if (pid !== undefined && !existsSync(`/proc/${pid}`)) removeNamespace(name);
    }
  }

  /** The command as it is run in a namespace. */
  within(namespace: NamespaceName, ...command: readonly string[]): readonly [string, ...string[]] {
    return ['ip', 'netns', 'exec', this.nameOf(namespace), ...command];
  }

  /** The nat table: what istio-iptables writes for a pod with a sidecar, and kube-proxy's part for services. */
  redirect(namespace: NamespaceName, hasSidecar: boolean, services: readonly VirtualAddress[]): void {
    const rules = [...(hasSidecar ? sidecarRules : []), ...services.flatMap(serviceRules)];
    const chains = ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'].map((chain) => `:${chain} ACCEPT [0:0]`);
    const [command, ...args] = this.within(namespace, 'iptables-restore');
    const refused = ['*filter', ':OUTPUT ACCEPT [0:0]', ...services.flatMap(refusal), 'COMMIT'];
    execFileSync(command, args, { input: ['*nat', ...chains, ...rules, 'COMMIT', ...refused, ''].join('\n') });
  }

  #add(namespace: NamespaceName, address: string): void {
    const name = this.nameOf(namespace);
    const hub = this.nameOf('hub');
    run('ip', 'netns', 'add', name);
    run('ip', '-n', name, 'link', 'set', 'lo', 'up');
    run('ip', '-n', hub, 'link', 'add', namespace, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    run('ip', '-n', hub, 'link', 'set', namespace, 'master', 'br0', 'up');
    run('ip', '-n', name, 'address', 'add', `${address}/16`, 'dev', 'eth0');
    run('ip', '-n', name, 'address', 'add', `${version6(address)}/64`, 'dev', 'eth0', 'nodad');
    run('ip', '-n', name, 'link', 'set', 'eth0', 'up');
    const free = [
      'net.ipv4.ip_unprivileged_port_start=0',
      'net.ipv4.conf.all.rp_filter=0',
      'net.ipv4.conf.eth0.rp_filter=0',
    ];
    run('ip', 'netns', 'exec', name, 'sysctl', '-qw', ...free);
    // `ip netns exec` puts these over those of the machine.
    mkdirSync(`/etc/netns/${name}`, { recursive: true });
    writeFileSync(`/etc/netns/${name}/resolv.conf`, `nameserver ${addresses.dns}\noptions timeout:1\n`);
    writeFileSync(`/etc/netns/${name}/hosts`, '127.0.0.1 localhost\n');
  }
}

/** A port of a service, and where its instances are. */
export interface VirtualAddress {
  readonly address: string;
  readonly port: number;
  readonly ends: readonly { readonly address: string; readonly port: number }[];
}

function serviceRules({ address, port, ends }: VirtualAddress): readonly string[] {
  return ends.map((end, i) => {
    const left = ends.length - i;
    const share = left > 1 ? `-m statistic --mode random --probability ${(1 / left).toFixed(6)} ` : '';
    return `-A OUTPUT -d ${address}/32 -p tcp --dport ${port} ${share}-j DNAT --to-destination ${end.address}:${end.port}`;
  });
}

/** As kube-proxy refuses what no instance serves: nobody waits for an answer. */
function refusal({ address, port, ends }: VirtualAddress): readonly string[] {
  return ends.length > 0 ? [] : [`-A OUTPUT -d ${address}/32 -p tcp --dport ${port} -j REJECT`];
}

/** https://github.com/istio/istio/wiki/Understanding-IPTables-snapshot */
const sidecarRules: readonly string[] = [
  ...['INBOUND', 'REDIRECT', 'IN_REDIRECT', 'OUTPUT'].map((chain) => `-N ISTIO_${chain}`),
  '-A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports 15001',
  '-A ISTIO_IN_REDIRECT -p tcp -j REDIRECT --to-ports 15006',
  '-A PREROUTING -p tcp -j ISTIO_INBOUND',
  '-A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT',
  '-A OUTPUT -p tcp -j ISTIO_OUTPUT',
  '-A ISTIO_OUTPUT -s 127.0.0.6/32 -o lo -j RETURN',
  '-A ISTIO_OUTPUT ! -d 127.0.0.1/32 -o lo -p tcp -m owner --uid-owner 1337 -j ISTIO_IN_REDIRECT',
  '-A ISTIO_OUTPUT -o lo -m owner ! --uid-owner 1337 -j RETURN',
  '-A ISTIO_OUTPUT -m owner --uid-owner 1337 -j RETURN',
  '-A ISTIO_OUTPUT -d 127.0.0.1/32 -j RETURN',
  '-A ISTIO_OUTPUT -j ISTIO_REDIRECT',
];

function run(command: string, ...args: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

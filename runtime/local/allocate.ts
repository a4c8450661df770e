// Gives every instance of a planned mesh its own loopback address and its ports. Pure: the same plan, base and history give the same result.
import {
  type ExplicitPlacement,
  hostOf,
  indexMesh,
  isHttp,
  type Mesh,
  type MeshIndex,
  type SocketAddress,
  type WorkloadInstance,
  runsGateway,
} from '../../compiler/index.ts';
import type { LocalPlan, PlannedInstance, PlannedStandIn } from './plan-instances.ts';

/** Which ports mean what on an instance's address, remembered so that a later commit moves nothing that runs. */
export interface AddressBook {
  /** Number of an instance or stand-in within the base range, by key. */
  readonly numbers: ReadonlyMap<string, number>;
  /** The lowest number that was never given out: addresses are not used again, for something may still remember the old owner. */
  readonly next: number;
  /** By key, then by use, such as `in:8080` or `tcp:postgres.shop.svc.cluster.local:5432`. */
  readonly ports: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export const emptyAddressBook: AddressBook = { numbers: new Map(), next: 1, ports: new Map() };

export interface AllocatedInstance extends PlannedInstance {
  /** What discovery reports; for a gateway, only that it is there. */
  readonly instance: WorkloadInstance;
  readonly placement: ExplicitPlacement;
  /** Where the application shall listen, in the order of its service ports. */
  readonly listen: readonly (SocketAddress & { readonly isHttp: boolean })[];
}

export interface AllocatedStandIn extends PlannedStandIn {
  readonly listen: SocketAddress;
}

export interface Allocation {
  readonly instances: readonly AllocatedInstance[];
  readonly standIns: readonly AllocatedStandIn[];
  /** Handed to the next allocation of the same mesh. */
  readonly book: AddressBook;
}

export interface AllocationOptions {
  /** The range is 127.BASE.0.0/16. */
  readonly base: number;
  readonly previous?: AddressBook;
  /** Ports that something else holds on every address of the machine. */
  readonly busyPorts?: ReadonlySet<number>;
}

const outboundHttpPort = 15_001;
const applicationPorts = 20_000;
/** Added to privileged ports, as in 80 → 8080 and 443 → 8443: whoever runs this need not be root. */
const unprivileged = 8_000;
/** Above are the ports that the system gives to outgoing connections. */
const highestPort = 32_000;

export function allocate(mesh: Mesh, plan: LocalPlan, options: AllocationOptions): Allocation {
  const index = indexMesh(mesh);
  const books = new Books(options);
  // Those that have an address keep it; the rest get the next numbers, in the order of the plan.
  books.number([...plan.instances, ...plan.standIns].map(({ key }) => key));
  const standIns = plan.standIns.map((standIn) => ({
    ...standIn,
    listen: books.socket(standIn.key, `serve:${standIn.port}`, standIn.port),
  }));
  const external = Object.fromEntries(
    standIns.flatMap(({ key, aliases, listen }) => [key, ...aliases].map((name) => [name, listen] as const)),
  );
  const instances = plan.instances.map((planned) => allocateInstance(index, books, planned, external));
  return { instances, standIns, book: books.close() };
}

function allocateInstance(
  index: MeshIndex,
  books: Books,
  planned: PlannedInstance,
  external: Readonly<Record<string, SocketAddress>>,
): AllocatedInstance {
  const { key, workload } = planned;
  const isGateway = runsGateway(workload);
  const ports = index
    .servicesOf(workload)
    .flatMap((service) => service.ports)
    .toSorted((a, b) => a.number - b.number);
  const inbound: Record<string, { bind: SocketAddress; app: SocketAddress }> = {};
  const listen: (SocketAddress & { isHttp: boolean })[] = [];
  for (const { targetPort, protocol } of isGateway ? [] : ports) {
    if (inbound[targetPort]) continue;
    const bind = books.socket(key, `in:${targetPort}`, targetPort);
    const app = books.socket(key, `app:${targetPort}`, applicationPorts + (targetPort % 10_000));
    inbound[targetPort] = { bind, app };
    listen.push({ ...app, isHttp: isHttp(protocol) });
  }
  const placement: ExplicitPlacement = {
    mode: 'explicit',
    inbound,
    ...(!isGateway && { outboundHttp: books.socket(key, 'http', outboundHttpPort) }),
    outboundTcp: isGateway ? {} : outboundTcp(index, books, key),
    gateway: isGateway ? gatewaySockets(index, books, planned) : {},
    external,
  };
  const reached = ports.flatMap(({ name, targetPort }) => {
    const bind = inbound[targetPort]?.bind;
    return bind ? [[name, bind.port] as const] : [];
  });
  return {
    ...planned,
    instance: instanceOf(planned, books.address(key), Object.fromEntries(reached)),
    placement,
    listen,
  };
}

function instanceOf(
  planned: PlannedInstance,
  address: string,
  ports: Readonly<Record<string, number>>,
): WorkloadInstance {
  const { name, labels, workload } = planned;
  const { namespace, serviceAccount } = workload;
  return { name, namespace, labels, serviceAccount, address, ports, healthy: true };
}

/** A socket for each TCP service of the mesh, in scope or not: the compiler decides which of them it opens. */
function outboundTcp(index: MeshIndex, books: Books, key: string): Readonly<Record<string, SocketAddress>> {
  const names = index.mesh.services.flatMap((service) =>
    service.ports.filter((p) => !isHttp(p.protocol)).map((p) => [`${hostOf(service)}:${p.number}`, p.number] as const),
  );
  return Object.fromEntries(names.map(([name, port]) => [name, books.socket(key, `tcp:${name}`, port)]));
}

/** Listeners of one port share its socket, as they do in the pod. */
function gatewaySockets(
  index: MeshIndex,
  books: Books,
  planned: PlannedInstance,
): Readonly<Record<string, SocketAddress>> {
  const listeners = index.gatewaysOf(planned.workload).flatMap((gateway) => gateway.listeners);
  return Object.fromEntries(listeners.map(({ port }) => [port, books.socket(planned.key, `gateway:${port}`, port)]));
}

/** Every distinct port of an allocation: what to probe for listeners on all addresses before using it. */
export function portsOf(book: AddressBook): readonly number[] {
  return [...new Set([...book.ports.values()].flatMap((ports) => [...ports.values()]))].toSorted((a, b) => a - b);
}

/** Hands out numbers and ports, preferring what was handed out before. */
class Books {
  readonly #options: AllocationOptions;
  readonly #numbers = new Map<string, number>();
  readonly #ports = new Map<string, Map<string, number>>();
  readonly #previous: AddressBook;
  #next: number;

  constructor(options: AllocationOptions) {
    this.#options = options;
    this.#previous = options.previous ?? emptyAddressBook;
    this.#next = this.#previous.next;
  }

  number(keys: readonly string[]): void {
    for (const key of keys) this.#numbers.set(key, this.#previous.numbers.get(key) ?? this.#next++);
  }

  address(key: string): string {
    const number = this.#numbers.get(key) ?? 0;
    return `127.${this.#options.base}.${number >> 8}.${number & 255}`;
  }

  /** The port wished for, or the next one that is free on the key's address. */
  socket(key: string, use: string, wish: number): SocketAddress {
    const ports = this.#ports.get(key) ?? new Map<string, number>();
    this.#ports.set(key, ports);
    const before = this.#previous.ports.get(key);
    let port = ports.get(use) ?? before?.get(use);
    if (port === undefined) {
      const taken = new Set([...ports.values(), ...(before?.values() ?? [])]);
      port = wish < 1_024 ? wish + unprivileged : wish > highestPort ? 10_000 + (wish % 10_000) : wish;
      while (taken.has(port) || this.#options.busyPorts?.has(port)) port = port >= highestPort ? 1_024 : port + 1;
    }
    ports.set(use, port);
    return { address: this.address(key), port };
  }

  close(): AddressBook {
    return { numbers: this.#numbers, next: this.#next, ports: this.#ports };
  }
}

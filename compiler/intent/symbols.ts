// What other documents may know of a document: its name, host, ports, versions, identity. Built from each document alone.
import type { Span } from '../diagnostics/index.ts';
import type { FoundObject } from '../front-end/index.ts';
import { serviceHost } from '../model/index.ts';
import { defaultSelector } from './defaults.ts';
import type { IntentDocument } from './document.ts';
import type {
  ExternalServiceIntent,
  IntentKind,
  MeshGatewayIntent,
  MeshServiceIntent,
  MeshWorkloadIntent,
  PortIntent,
} from './kinds.ts';
import { type NamedPort, nameAndProtocol } from './protocol.ts';

export type TargetKind = 'MeshService' | 'ExternalService' | 'MeshWorkload';

/** Something that can be sent requests. */
export interface ServiceSymbol {
  readonly kind: TargetKind;
  readonly namespace: string;
  readonly name: string;
  readonly span: Span;
  /** The document has errors of its own: what depends on its details stays quiet. */
  readonly isBroken: boolean;
  /** False if the document tells its name but not what it is: it stands for whatever it is referred to as. */
  readonly isKindKnown: boolean;
  readonly host: string;
  readonly ports: readonly NamedPort[];
  readonly versions: readonly string[];
  readonly serviceAccount: string;
  readonly selector: Readonly<Record<string, string>>;
}

export interface GatewaySymbol {
  readonly kind: 'MeshGateway';
  readonly namespace: string;
  readonly name: string;
  readonly span: Span;
  readonly isBroken: boolean;
  readonly isKindKnown: boolean;
  readonly hosts: readonly string[];
  readonly serviceAccount: string;
}

export type IntentSymbol = ServiceSymbol | GatewaySymbol;

/** The symbol of a document whose shape is right; undefined for a Mesh or a MeshTest. */
export function symbolOf(document: IntentDocument): IntentSymbol | undefined {
  const spec = document.object.spec;
  const base = {
    namespace: document.namespace,
    name: document.name,
    span: document.locate(['metadata', 'name']),
    isBroken: false,
    isKindKnown: true,
  };
  const host = serviceHost(base.name, base.namespace);
  switch (document.kind) {
    case 'MeshService': {
      const { ports, versions, workload } = spec as MeshServiceIntent;
      return {
        ...base,
        kind: 'MeshService',
        host,
        ports: namePorts(ports),
        versions: Object.keys(versions ?? {}),
        serviceAccount: workload?.serviceAccount ?? base.name,
        selector: workload?.selector ?? defaultSelector(base.name),
      };
    }
    case 'MeshWorkload': {
      const { ports, serviceAccount, labels } = spec as MeshWorkloadIntent;
      const own = { serviceAccount: serviceAccount ?? base.name, selector: labels ?? defaultSelector(base.name) };
      return { ...base, kind: 'MeshWorkload', host, ports: namePorts(ports), versions: [], ...own };
    }
    case 'ExternalService': {
      const { hosts, ports, tls } = spec as ExternalServiceIntent;
      const named = namePorts(ports).map((port) => (tls?.originate ? originated(port) : port));
      return {
        ...base,
        kind: 'ExternalService',
        host: hosts[0] ?? host,
        ports: named,
        versions: [],
        serviceAccount: '',
        selector: {},
      };
    }
    case 'MeshGateway': {
      const { listeners, serviceAccount } = spec as MeshGatewayIntent;
      return {
        ...base,
        kind: 'MeshGateway',
        hosts: listeners.flatMap((l) => l.hosts),
        serviceAccount: serviceAccount ?? base.name,
      };
    }
    default:
      return undefined;
  }
}

/** A symbol for a document that is known by name only, and with `isKindKnown` false not even by its kind. */
export function brokenSymbol(
  { kind, namespace, name, nameSpan }: Pick<FoundObject, 'namespace' | 'name' | 'nameSpan'> & { kind: IntentKind },
  isKindKnown = true,
): IntentSymbol | undefined {
  const base = { namespace, name, span: nameSpan, isBroken: true, isKindKnown, serviceAccount: name };
  if (kind === 'MeshGateway') return { ...base, kind, hosts: [] };
  if (kind === 'Mesh' || kind === 'MeshTest') return undefined;
  return { ...base, kind, host: serviceHost(name, namespace), ports: [], versions: [], selector: {} };
}

function namePorts(ports: readonly PortIntent[]): readonly NamedPort[] {
  return ports.map(nameAndProtocol);
}

/** With TLS origination callers speak plain HTTP: on port 80 in place of 443, on the same port otherwise. */
function originated(port: NamedPort): NamedPort {
  return {
    ...port,
    name: port.isNamed ? port.name : 'http',
    number: port.number === 443 ? 80 : port.number,
    targetPort: port.targetPort,
    protocol: 'HTTP',
  };
}

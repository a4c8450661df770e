// The envelope of emitted objects: apiVersion, kind and metadata, with labels and annotations that lead back to the intent.
import { formatOrigin, type Labels, type Origin } from '../../model/index.ts';

export interface EmitOptions {
  /** The commit the intent came from, written into the output so that it can be traced back. */
  readonly commit?: string;
}

export interface IstioMetadata {
  readonly name: string;
  /** Absent only on raw objects that are cluster-scoped or left it out. */
  readonly namespace?: string;
  readonly labels?: Labels;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An object ready for the Kubernetes API. Raw objects may carry more fields than `spec`. */
export interface IstioObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: IstioMetadata;
  readonly spec?: unknown;
}

/** What an emitter makes: the object without the parts that all objects share. */
export interface Draft {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** Labels of the intent object behind it. */
  readonly labels: Labels;
  readonly origin: Origin;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The label that every emitted object has. */
export const managedBy = { label: 'app.kubernetes.io/managed-by', value: 'fairlead' } as const;

/** Networking and security kinds have been v1 since Istio 1.22. */
const securityKinds = new Set(['AuthorizationPolicy', 'PeerAuthentication', 'RequestAuthentication']);

export function finishObject(draft: Draft, options: EmitOptions): IstioObject {
  const group = securityKinds.has(draft.kind) ? 'security' : 'networking';
  return {
    apiVersion: `${group}.istio.io/v1`,
    kind: draft.kind,
    metadata: {
      name: draft.name,
      namespace: draft.namespace,
      labels: { ...draft.labels, [managedBy.label]: managedBy.value },
      annotations: {
        'fairlead.dev/origin': formatOrigin(draft.origin),
        ...(options.commit !== undefined && { 'fairlead.dev/commit': options.commit }),
      },
    },
    spec: draft.spec,
  };
}

/** `VirtualService shop/shoes`, by which two objects are the same to Kubernetes; versions of one group do not tell them apart. */
export function identityOf({ apiVersion, kind, metadata }: IstioObject): string {
  const group = apiVersion.includes('/') ? apiVersion.replace(/\/[^/]*$/, '') : '';
  return `${group} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`.trimStart();
}

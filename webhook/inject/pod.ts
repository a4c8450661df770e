// The parts of a Pod the injector reads. Everything else passes through it untouched.

export interface Pod {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: PodMetadata | null;
  readonly spec?: PodSpec | null;
}

export interface PodMetadata {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly annotations?: Readonly<Record<string, string>> | null;
}

export interface PodSpec {
  readonly hostNetwork?: boolean;
  readonly serviceAccountName?: string;
  readonly containers?: readonly Container[] | null;
  readonly initContainers?: readonly Container[] | null;
  readonly volumes?: readonly { readonly name: string }[] | null;
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly restartPolicy?: string;
  readonly ports?: readonly ContainerPort[] | null;
  readonly livenessProbe?: Probe | null;
  readonly readinessProbe?: Probe | null;
  readonly startupProbe?: Probe | null;
  readonly lifecycle?: { readonly postStart?: Action | null; readonly preStop?: Action | null } | null;
}

export interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
}

/** What a probe or a hook does; one of the fields is set. */
export interface Action {
  readonly httpGet?: HttpGet | null;
  readonly tcpSocket?: { readonly port: number | string; readonly host?: string } | null;
  readonly grpc?: { readonly port: number; readonly service?: string } | null;
  readonly exec?: unknown;
}

export interface HttpGet {
  readonly path?: string;
  readonly port: number | string;
  readonly host?: string;
  readonly scheme?: string;
  readonly httpHeaders?: readonly { readonly name: string; readonly value: string }[];
}

export interface Probe extends Action {
  readonly timeoutSeconds?: number;
}

/** The namespace a pod is created in, as far as it is known. */
export interface PodNamespace {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

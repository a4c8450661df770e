// The intent objects as TypeScript sees them once the schema has accepted them. schema/ says the same to everybody else.

export const apiVersion = 'fairlead.dev/v1alpha1';

export const intentKinds = [
  'Mesh',
  'MeshService',
  'MeshGateway',
  'ExternalService',
  'MeshWorkload',
  'MeshTest',
] as const;

export type IntentKind = (typeof intentKinds)[number];

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface IntentObject<S> {
  readonly metadata: Metadata;
  readonly spec?: S;
}

export type MtlsWord = 'strict' | 'permissive' | 'off';

export interface RetriesIntent {
  readonly attempts?: number;
  readonly perTryTimeout?: string;
  readonly on?: readonly string[];
}

export interface MeshIntent {
  readonly trustDomain?: string;
  readonly rootNamespace?: string;
  readonly mtls?: MtlsWord;
  readonly access?: { readonly default?: 'allow' | 'deny' };
  readonly egress?: { readonly default?: 'declared' | 'any' };
  readonly defaults?: { readonly timeout?: string; readonly retries?: RetriesIntent };
  readonly injection?: { readonly proxy?: 'envoy' | 'embedded' };
}

export interface PortIntent {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: number;
  readonly protocol?: 'HTTP' | 'HTTP2' | 'GRPC' | 'HTTPS' | 'TLS' | 'TCP';
  readonly appProtocol?: string;
  readonly mtls?: MtlsWord;
}

export interface MeshServiceIntent {
  readonly ports: readonly PortIntent[];
  readonly workload?: { readonly selector?: Readonly<Record<string, string>>; readonly serviceAccount?: string };
  readonly versions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly routes?: readonly RouteIntent[];
  readonly resilience?: {
    readonly connections?: { readonly connectTimeout?: string };
    readonly balance?: 'leastRequest' | 'roundRobin' | 'random';
  };
  readonly mtls?: MtlsWord;
  readonly access?: { readonly allow?: readonly AccessRuleIntent[]; readonly deny?: readonly AccessRuleIntent[] };
  readonly uses?: readonly (string | UseIntent)[];
  readonly expose?: readonly ExposeIntent[];
}

export interface RouteIntent {
  readonly name?: string;
  readonly match?: MatchIntent | readonly MatchIntent[];
  readonly to?: readonly DestinationIntent[];
  readonly redirect?: RedirectIntent;
  readonly rewrite?: { readonly path?: string; readonly host?: string };
  readonly timeout?: string;
  readonly retries?: RetriesIntent;
  readonly fault?: FaultIntent;
  readonly mirror?: readonly { readonly to: DestinationIntent; readonly on?: string }[];
  readonly cors?: CorsIntent;
  readonly headers?: { readonly request?: HeaderEditIntent; readonly response?: HeaderEditIntent };
}

export interface MatchIntent {
  readonly path?: string | PatternIntent;
  readonly methods?: readonly string[];
  readonly headers?: Readonly<Record<string, string | HeaderPatternIntent>>;
}

/** Exactly one field is given. */
export interface PatternIntent {
  readonly prefix?: string;
  readonly suffix?: string;
  readonly regex?: string;
}

/** Exactly one field is given. */
export interface HeaderPatternIntent extends PatternIntent {
  readonly present?: boolean;
  readonly not?: string | PatternIntent;
}

export interface DestinationIntent extends TargetIntent {
  readonly version?: string;
  readonly port?: number;
  readonly weight?: number;
}

/** At most one of them; none means the service itself. */
export interface TargetIntent {
  readonly service?: string;
  readonly external?: string;
  readonly workload?: string;
}

export interface RedirectIntent {
  readonly path?: string;
  readonly host?: string;
  readonly scheme?: 'http' | 'https';
  readonly port?: number;
  readonly status?: 301 | 302 | 303 | 307 | 308;
}

export interface FaultIntent {
  readonly delay?: { readonly for: string; readonly on?: string };
  readonly abort?: { readonly status: number; readonly on?: string };
}

export interface CorsIntent {
  readonly origins: readonly (string | PatternIntent)[];
  readonly methods?: readonly string[];
  readonly allowHeaders?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly credentials?: boolean;
  readonly maxAge?: string;
}

export interface HeaderEditIntent {
  readonly set?: Readonly<Record<string, string>>;
  readonly add?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
}

export interface AccessRuleIntent {
  readonly from?: readonly CallerIntent[];
  readonly methods?: readonly string[];
  readonly paths?: readonly (string | PatternIntent)[];
  readonly ports?: readonly number[];
  /** Of deny rules only. */
  readonly unless?: { readonly from: readonly CallerIntent[] };
}

/** Exactly one field is given. */
export interface CallerIntent {
  readonly service?: string;
  readonly namespace?: string;
  readonly gateway?: string;
  readonly workload?: string;
}

export interface UseIntent extends TargetIntent {
  readonly ports?: readonly number[];
}

export interface ExposeIntent {
  readonly gateway: string;
  readonly host: string;
  readonly path?: string;
  readonly port?: number;
}

export interface MeshGatewayIntent {
  readonly selector?: Readonly<Record<string, string>>;
  readonly serviceAccount?: string;
  readonly listeners: readonly ListenerIntent[];
}

export interface ListenerIntent {
  readonly name: string;
  readonly port: number;
  readonly protocol: 'HTTP' | 'HTTPS';
  readonly hosts: readonly string[];
  readonly redirectToHttps?: boolean;
  readonly tls?: { readonly mode?: 'terminate'; readonly secret?: string };
}

export interface ExternalServiceIntent {
  readonly hosts: readonly string[];
  readonly ports: readonly Omit<PortIntent, 'mtls'>[];
  readonly resolve?: 'dns' | 'static' | 'none';
  readonly addresses?: readonly string[];
  readonly tls?: { readonly originate?: boolean };
}

export interface MeshWorkloadIntent {
  readonly address: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly serviceAccount?: string;
  readonly ports: readonly Omit<PortIntent, 'mtls'>[];
}

export interface MeshTestIntent {
  readonly cases: readonly TestCaseIntent[];
}

export interface TestCaseIntent {
  readonly from: string;
  readonly request: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly expect: ExpectIntent;
}

export interface ExpectIntent {
  readonly allowed?: true;
  readonly denied?: 'access' | 'egress' | 'mtls' | 'route' | 'any';
  readonly service?: string;
  readonly versions?: Readonly<Record<string, string>>;
  readonly redirect?: { readonly location?: string; readonly status?: number };
  readonly status?: number;
  readonly timeout?: string;
  readonly path?: string;
}

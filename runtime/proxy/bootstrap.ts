// Reads the bootstrap that Envoy reads: who this proxy is, and where and how it asks for its configuration.
import { readFileSync } from 'node:fs';
import { Redacted } from '../../compiler/index.ts';
import type { DataSourceJson, UpstreamTlsContextJson } from './types.ts';
import { unpack } from './types.ts';

export interface Bootstrap {
  /** As written: it is sent to the control plane as a Node message. */
  readonly node: Readonly<Record<string, unknown>>;
  readonly isDelta: boolean;
  readonly server: { readonly address: string; readonly port: number };
  readonly tls?: BootstrapTls | undefined;
  /** Metadata of the stream, such as the join token. */
  readonly metadata: readonly { readonly key: string; readonly value: Redacted }[];
  readonly admin?: { readonly address: string; readonly port: number } | undefined;
}

export interface BootstrapTls {
  readonly roots?: string | undefined;
  readonly chain?: string | undefined;
  readonly key?: Redacted | undefined;
  readonly context: UpstreamTlsContextJson;
}

/** A bootstrap that cannot be used: usage, not configuration, so it ends the proxy at once. */
export class BootstrapError extends Error {
  override readonly name = 'BootstrapError';
}

interface BootstrapJson {
  readonly node?: Record<string, unknown>;
  readonly dynamicResources?: { readonly adsConfig?: AdsJson };
  readonly staticResources?: { readonly clusters?: readonly ClusterJson[] };
  readonly admin?: { readonly address?: AddressJson };
}

interface AddressJson {
  readonly socketAddress?: { readonly address?: string; readonly portValue?: number };
}

interface AdsJson {
  readonly apiType?: string;
  readonly grpcServices?: readonly {
    readonly envoyGrpc?: { readonly clusterName?: string };
    readonly initialMetadata?: readonly { readonly key?: string; readonly value?: string }[];
  }[];
}

interface ClusterJson {
  readonly name?: string;
  readonly loadAssignment?: {
    readonly endpoints?: readonly {
      readonly lbEndpoints?: readonly { readonly endpoint?: { readonly address?: AddressJson } }[];
    }[];
  };
  readonly transportSocket?: { readonly typedConfig?: unknown };
}

/** Throws a BootstrapError that names what is missing. */
export function readBootstrap(raw: object): Bootstrap {
  const json = camelized(raw) as BootstrapJson;
  const ads = json.dynamicResources?.adsConfig;
  const service = ads?.grpcServices?.[0];
  const clusterName = service?.envoyGrpc?.clusterName;
  if (!ads || !clusterName)
    throw new BootstrapError('the bootstrap has no dynamic_resources.ads_config with an envoy_grpc.cluster_name');
  if (ads.apiType !== 'GRPC' && ads.apiType !== 'DELTA_GRPC') {
    throw new BootstrapError(
      `the bootstrap's ads_config has api_type ${JSON.stringify(ads.apiType)}, expected GRPC or DELTA_GRPC`,
    );
  }
  const cluster = json.staticResources?.clusters?.find((candidate) => candidate.name === clusterName);
  const server = addressOf(cluster?.loadAssignment?.endpoints?.[0]?.lbEndpoints?.[0]?.endpoint?.address);
  if (!cluster || !server)
    throw new BootstrapError(`the bootstrap has no static cluster ${JSON.stringify(clusterName)} with an address`);
  if (!json.node?.id) throw new BootstrapError('the bootstrap has no node.id');
  return {
    node: (raw as { node?: Record<string, unknown> }).node ?? {},
    isDelta: ads.apiType === 'DELTA_GRPC',
    server,
    tls: cluster.transportSocket ? readTls(unpack(cluster.transportSocket.typedConfig)) : undefined,
    metadata: (service?.initialMetadata ?? []).map(({ key = '', value = '' }) => ({
      key,
      value: new Redacted(value),
    })),
    admin: addressOf(json.admin?.address),
  };
}

function addressOf(json: AddressJson | undefined): { address: string; port: number } | undefined {
  const socket = json?.socketAddress;
  return socket?.address === undefined ? undefined : { address: socket.address, port: socket.portValue ?? 0 };
}

function readTls(context: UpstreamTlsContextJson): BootstrapTls {
  const common = context.commonTlsContext;
  const validation = common?.validationContext ?? common?.combinedValidationContext?.defaultValidationContext;
  const certificate = common?.tlsCertificates?.[0];
  const key = read(certificate?.privateKey);
  return {
    context,
    roots: read(validation?.trustedCa),
    chain: read(certificate?.certificateChain),
    key: key === undefined ? undefined : new Redacted(key),
  };
}

/** The bootstrap is a file of this machine: other than xDS resources, it may name files. */
function read(source: DataSourceJson | undefined): string | undefined {
  if (source?.filename !== undefined) return readFileSync(source.filename, 'utf8');
  if (source?.inlineBytes !== undefined) return Buffer.from(source.inlineBytes, 'base64').toString();
  return source?.inlineString;
}

/** Bootstraps are written in snake_case or camelCase; the keys of maps are left alone. */
function camelized(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(camelized);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [
      /^[a-z]+(?:_[a-z0-9]+)+$/.test(key) ? key.replace(/_([a-z0-9])/g, (_, c: string) => c.toUpperCase()) : key,
      key === 'metadata' ? value : camelized(value),
    ]),
  );
}

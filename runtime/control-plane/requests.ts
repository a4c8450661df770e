// Bytes of a discovery request to what the protocol needs of it. The gRPC border: unknown input is narrowed here.
import { fromBinary } from '@bufbuild/protobuf';
import { envoyMessage } from '../../compiler/xds.ts';
import type { StreamRequest } from './channel.ts';
import type { Variant } from './stream.ts';

/** Who a stream says it is; proved by its credentials, not by this. */
export interface NodeInfo {
  readonly id: string;
  /** Envoy's `node.cluster`: `namespace/name` of the workload. */
  readonly workload: string;
}

export interface DecodedRequest extends StreamRequest {
  /** Only the first request of a stream must carry it. */
  readonly node?: NodeInfo;
}

interface CommonMessage {
  readonly node?: { readonly id: string; readonly cluster: string };
  readonly typeUrl: string;
  readonly responseNonce: string;
  readonly errorDetail?: { readonly code: number; readonly message: string };
}

interface SotwMessage extends CommonMessage {
  readonly versionInfo: string;
  readonly resourceNames: readonly string[];
}

interface DeltaMessage extends CommonMessage {
  readonly resourceNamesSubscribe: readonly string[];
  readonly resourceNamesUnsubscribe: readonly string[];
  readonly initialResourceVersions: Readonly<Record<string, string>>;
}

const requestMessages = {
  sotw: 'envoy.service.discovery.v3.DiscoveryRequest',
  delta: 'envoy.service.discovery.v3.DeltaDiscoveryRequest',
};

/** Throws if the bytes are not such a message. */
export function decodeRequest(variant: Variant, bytes: Uint8Array): DecodedRequest {
  const message: unknown = fromBinary(envoyMessage(requestMessages[variant]), bytes);
  return variant === 'sotw' ? fromSotw(message as SotwMessage) : fromDelta(message as DeltaMessage);
}

function fromSotw(message: SotwMessage): DecodedRequest {
  const { versionInfo, resourceNames } = message;
  return { ...common(message), versionInfo, resourceNames, subscribe: [], unsubscribe: [], initialVersions: {} };
}

function fromDelta(message: DeltaMessage): DecodedRequest {
  return {
    ...common(message),
    versionInfo: '',
    resourceNames: [],
    subscribe: message.resourceNamesSubscribe,
    unsubscribe: message.resourceNamesUnsubscribe,
    initialVersions: message.initialResourceVersions,
  };
}

function common(message: CommonMessage): Pick<DecodedRequest, 'typeUrl' | 'nonce' | 'error' | 'node'> {
  const { node, errorDetail } = message;
  return {
    typeUrl: message.typeUrl,
    nonce: message.responseNonce,
    ...(errorDetail && { error: { message: errorDetail.message || `rejected with code ${errorDetail.code}` } }),
    ...(node && { node: { id: node.id, workload: node.cluster } }),
  };
}

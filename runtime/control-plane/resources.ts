// Resources as bytes: each content encoded once, with a version that is its hash, and shared by all proxies that get it.
import { createHash } from 'node:crypto';
import { encodeResource, type ResourceType, type TypeUrl, typeUrls } from '../../compiler/xds.ts';
import { anyMessage, type WireResource } from './wire.ts';

export interface EncodedResource extends WireResource {
  readonly type: ResourceType;
  /** What a client must be sent again after this resource: the endpoints of a cluster, the route configurations of a listener. */
  readonly warms: readonly string[];
  /** Where a listener listens: two cannot at once. */
  readonly address?: string;
}

/** All resources of one type that one proxy may have. Immutable; shared where the content is the same. */
export interface TypeSet {
  readonly type: ResourceType;
  /** Content hash over names and versions: replicas agree on it without talking. */
  readonly version: string;
  /** Sorted by name. */
  readonly byName: ReadonlyMap<string, EncodedResource>;
}

export const typeUrlOf = (type: ResourceType): TypeUrl => typeUrls[type];

const typeByUrl = new Map<string, ResourceType>(
  Object.entries(typeUrls).map(([type, url]) => [url, type as ResourceType]),
);

export function typeOfUrl(typeUrl: string): ResourceType | undefined {
  return typeByUrl.get(typeUrl);
}

/** The type whose resources a client waits for before it takes a changed resource into service. */
export const warmedType: Partial<Record<ResourceType, ResourceType>> = { cluster: 'endpoints', listener: 'route' };

/** 64 bits are enough to tell contents apart and keep the versions of a delta response short. */
export function contentHash(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('base64url').slice(0, 11);
}

export function makeTypeSet(type: ResourceType, resources: Iterable<EncodedResource>): TypeSet {
  const sorted = [...resources].sort((a, b) => (a.name < b.name ? -1 : 1));
  const byName = new Map(sorted.map((resource) => [resource.name, resource]));
  return { type, version: contentHash(...sorted.flatMap(({ name, version }) => [name, version])), byName };
}

/** Encodes resources; the same JSON object, or equal content in another one, gives the same `EncodedResource`. */
export class ResourceEncoder {
  readonly #byObject = new WeakMap<object, EncodedResource>();
  readonly #byContent = new Map<string, WeakRef<EncodedResource>>();
  readonly #forget = new FinalizationRegistry<string>((key) => {
    if (this.#byContent.get(key)?.deref() === undefined) this.#byContent.delete(key);
  });

  /** `json` must not change afterwards. Throws an Error that names message and field if it does not fit its type. */
  encode(type: ResourceType, name: string, json: object): EncodedResource {
    const known = this.#byObject.get(json);
    if (known) return known;
    const resource = this.#intern(encodeOnce(type, name, json));
    this.#byObject.set(json, resource);
    return resource;
  }

  #intern(resource: EncodedResource): EncodedResource {
    const key = `${resource.type}/${resource.name}/${resource.version}`;
    const shared = this.#byContent.get(key)?.deref();
    if (shared) return shared;
    this.#byContent.set(key, new WeakRef(resource));
    this.#forget.register(resource, key);
    return resource;
  }
}

function encodeOnce(type: ResourceType, name: string, json: object): EncodedResource {
  const any = anyMessage(typeUrls[type], encodeResource(typeUrls[type], json));
  const address = type === 'listener' ? { address: JSON.stringify((json as { address?: unknown }).address) } : {};
  return { type, name, version: contentHash(any), any, warms: warmsOf(type, name, json), ...address };
}

function warmsOf(type: ResourceType, name: string, json: object): readonly string[] {
  if (type === 'cluster') {
    const cluster = json as { type?: string; edsClusterConfig?: { serviceName?: string } };
    return cluster.type === 'EDS' ? [cluster.edsClusterConfig?.serviceName || name] : [];
  }
  return type === 'listener' ? [...new Set(routeConfigNames(json))] : [];
}

/** The connection manager sits at different depths in TCP, HTTP and chained listeners, so look everywhere. */
function routeConfigNames(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const name = key === 'rds' ? (inner as { routeConfigName?: unknown }).routeConfigName : undefined;
    return typeof name === 'string' ? [name] : routeConfigNames(inner);
  });
}

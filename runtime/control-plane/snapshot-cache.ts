// From what the compiler says one proxy shall have to the encoded view of it, reusing all that did not change.
import type { ProxySnapshot } from '../../compiler/index.ts';
import type { ResourceType } from '../../compiler/xds.ts';
import { type EndpointTable, type SelectorKey, selectorKey } from './endpoints.ts';
import { type EncodedResource, makeTypeSet, type ResourceEncoder, type TypeSet } from './resources.ts';
import { type SecretKey, type Secrets, secretKey } from './sds.ts';
import type { ResourceView } from './stream.ts';

export interface BuiltView {
  readonly snapshot: ProxySnapshot;
  readonly view: ResourceView;
  readonly selectors: ReadonlySet<SelectorKey>;
  readonly secrets: ReadonlySet<SecretKey>;
}

/** A resource that does not fit its protobuf message: a mistake of whoever made the snapshot. */
export class UnencodableResource extends Error {
  override readonly name = 'UnencodableResource';
  readonly resource: string;

  constructor(resource: string, cause: unknown) {
    super((cause as Error).message, { cause });
    this.resource = resource;
  }
}

export class ViewBuilder {
  readonly #encoder: ResourceEncoder;
  readonly #endpoints: EndpointTable;
  readonly #secrets: Secrets;

  constructor(encoder: ResourceEncoder, endpoints: EndpointTable, secrets: Secrets) {
    this.#encoder = encoder;
    this.#endpoints = endpoints;
    this.#secrets = secrets;
  }

  /** Secrets must be prepared. Sets equal to those of `before` are the same objects. Throws `UnencodableResource`. */
  build(snapshot: ProxySnapshot, before?: BuiltView): BuiltView {
    const old = before?.snapshot;
    const isSame = (part: 'clusters' | 'endpoints' | 'listeners' | 'routes') => old?.[part] === snapshot[part];
    const encoded = (type: 'cluster' | 'listener' | 'route', part: 'clusters' | 'listeners' | 'routes'): TypeSet =>
      before && isSame(part) ? before.view[type] : share(type, this.#encodeAll(type, snapshot[part]), before);
    return {
      snapshot,
      view: {
        cluster: encoded('cluster', 'clusters'),
        endpoints: before && isSame('endpoints') ? before.view.endpoints : this.#endpointsOf(snapshot, before),
        secret: share('secret', this.#secretsOf(snapshot), before),
        listener: encoded('listener', 'listeners'),
        route: encoded('route', 'routes'),
      },
      selectors: before && isSame('endpoints') ? before.selectors : new Set(snapshot.endpoints.map(selectorKey)),
      secrets: new Set(snapshot.secrets.map((reference) => secretKey(reference, snapshot.identity))),
    };
  }

  /** Only what discovery may change: the endpoint fast path. */
  rebuildEndpoints(before: BuiltView): BuiltView {
    return { ...before, view: { ...before.view, endpoints: this.#endpointsOf(before.snapshot, before) } };
  }

  rebuildSecrets(before: BuiltView): BuiltView {
    return { ...before, view: { ...before.view, secret: share('secret', this.#secretsOf(before.snapshot), before) } };
  }

  #endpointsOf(snapshot: ProxySnapshot, before: BuiltView | undefined): TypeSet {
    const resources = snapshot.endpoints.map((selector) => this.#endpoints.resource(selector));
    return share('endpoints', resources, before);
  }

  #secretsOf(snapshot: ProxySnapshot): readonly EncodedResource[] {
    return snapshot.secrets.flatMap((reference) => this.#secrets.resource(reference, snapshot.identity) ?? []);
  }

  #encodeAll(type: ResourceType, resources: readonly { readonly name?: string }[]): readonly EncodedResource[] {
    return resources.map((json) => {
      const name = json.name ?? '';
      try {
        return this.#encoder.encode(type, name, json);
      } catch (error) {
        throw new UnencodableResource(name, error);
      }
    });
  }
}

function share(type: ResourceType, resources: readonly EncodedResource[], before: BuiltView | undefined): TypeSet {
  const set = makeTypeSet(type, resources);
  const old = before?.view[type];
  return old?.version === set.version ? old : set;
}

// From what the compiler says one proxy shall have to the encoded view of it, reusing all that did not change.
import type { ProxySnapshot } from '../../compiler/index.ts';
import type { ResourceType } from '../../compiler/xds.ts';
import { type EndpointTable, type SelectorKey, selectorKey } from './endpoints.ts';
import { type EncodedResource, makeTypeSet, type ResourceEncoder, type TypeSet } from './resources.ts';
import { type SecretKey, type Secrets, secretKey } from './sds.ts';
import type { ResourceView } from './stream.ts';

export interface BuiltView {
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
    const view = {
      cluster: this.#encodeAll('cluster', snapshot.clusters),
      endpoints: snapshot.endpoints.map((selector) => this.#endpoints.resource(selector)),
      secret: this.#secretsOf(snapshot),
      listener: this.#encodeAll('listener', snapshot.listeners),
      route: this.#encodeAll('route', snapshot.routes),
    };
    return {
      view: {
        cluster: share('cluster', view.cluster, before),
        endpoints: share('endpoints', view.endpoints, before),
        secret: share('secret', view.secret, before),
        listener: share('listener', view.listener, before),
        route: share('route', view.route, before),
      },
      selectors: new Set(snapshot.endpoints.map(selectorKey)),
      secrets: new Set(snapshot.secrets.map((reference) => secretKey(reference, snapshot.identity))),
    };
  }

  /** Only what discovery may change: the endpoint fast path. */
  rebuildEndpoints(snapshot: ProxySnapshot, before: BuiltView): BuiltView {
    const resources = snapshot.endpoints.map((selector) => this.#endpoints.resource(selector));
    return { ...before, view: { ...before.view, endpoints: share('endpoints', resources, before) } };
  }

  rebuildSecrets(snapshot: ProxySnapshot, before: BuiltView): BuiltView {
    return { ...before, view: { ...before.view, secret: share('secret', this.#secretsOf(snapshot), before) } };
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

// What a review says: rows of changed requests, and of added and removed objects. Plain data, the schema of `--format json`.
import type { Call, Verdict } from '../analysis/index.ts';
import type { Origin } from '../model/index.ts';

/**
 * `access`, `exposure`, `egress`: who gets through to services, from outside through gateways, out of the mesh.
 * `traffic`: where it goes. `behavior`: how it is handled. `settings`: what requests of today do not show. `tests`: what MeshTests expect.
 * `inventory`: services, workloads and gateways as such.
 */
export type RowKind =
  | 'access'
  | 'exposure'
  | 'egress'
  | 'mtls'
  | 'traffic'
  | 'behavior'
  | 'settings'
  | 'tests'
  | 'inventory';
export type RowEffect = 'gained' | 'lost' | 'changed' | 'added' | 'removed';
/** `high`: something opens. `medium`: something stops or moves. `low`: the rest. */
export type Severity = 'high' | 'medium' | 'low';

/** Of some aspect of a mesh: what was, and what is. */
export interface Difference {
  /** The aspect, such as `timeout`; absent where requests get through in one of the meshes only. */
  readonly about?: string;
  readonly from: string;
  readonly to: string;
}

/** `from` and `to` are absent where the title says it all. */
export interface ReviewRow extends Partial<Difference> {
  readonly kind: RowKind;
  readonly effect: RowEffect;
  readonly severity: Severity;
  /** One line, such as `shop/users may newly call shoes.shop:80`. */
  readonly title: string;
  /** Workload keys, `outside`, or `unmeshed`; sorted, and complete however many. `shop/*`: any further workload of a namespace (newcomers.ts). */
  readonly callers: readonly string[];
  /** `host:port`, sorted and complete. */
  readonly destinations: readonly string[];
  /** For callers from outside: through whose proxies they come, as the mesh calls them that lets them in; sorted. */
  readonly gateways?: readonly string[];
  /** The requests concerned, as alternatives; a last `…` where there are more. */
  readonly requests: readonly string[];
  /** A request that fares differently in the two meshes; absent for inventory. */
  readonly witness?: Witness;
  /** Where no request of today does: one of callers who declare that they use the service, or are new. */
  readonly example?: Witness;
  /** Whose `requests` and places these are, where those of `others` are not the same. */
  readonly own?: Pick<ReviewRow, 'callers' | 'destinations' | 'gateways'>;
  /** The same in other ways: of other requests, or with another outcome. */
  readonly others?: readonly WayToShow[];
  /** Where the decision is written on either side. */
  readonly base: readonly PlacedText[];
  readonly head: readonly PlacedText[];
  /** Teams that own what is called or changed, by the label `team` of services and gateways; sorted. */
  readonly owners: readonly string[];
  /** Workloads whose proxies get a new configuration because of it; sorted. */
  readonly touched: readonly string[];
}

/** Why a caller was refused belongs to the meaning of a gain; what it gets instead does not, and may differ from path to path. */
export function meantBy({ effect, from, to }: Pick<ReviewRow, 'effect' | 'from' | 'to'>) {
  return effect === 'gained' ? [from] : effect === 'lost' ? [to] : [from, to];
}

/** `callers`, `destinations` and `gateways` where they are not the row's: then these are some of them. */
export type WayToShow = Pick<ReviewRow, 'from' | 'to' | 'requests' | 'witness' | 'example' | 'base' | 'head'> &
  Partial<Pick<ReviewRow, 'callers' | 'destinations' | 'gateways'>>;

export interface Witness {
  readonly call: Call;
  /** Which gateway's proxies the base is asked at, where the same are another's there. */
  readonly earlierGateway?: string;
  /** `GET http://shoes/admin`. */
  readonly text: string;
  readonly base: Verdict;
  readonly head: Verdict;
}

/** The call as one of the meshes is asked it. */
export function callIn(
  side: 'base' | 'head',
  { call, earlierGateway }: Pick<Witness, 'call' | 'earlierGateway'>,
): Call {
  return side === 'base' && earlierGateway !== undefined ? { ...call, gateway: earlierGateway } : call;
}

export interface PlacedText {
  readonly text: string;
  readonly origin: Origin;
}

export interface Review {
  /** First the settings of the Mesh, which others come of and which must not be cut off; then the most severe. */
  readonly rows: readonly ReviewRow[];
  /** All workloads whose proxies get a new configuration, whether any request fares differently or not. */
  readonly touched: readonly string[];
  /** Of what is here, nobody knows whether requests fare differently: nothing else of the review is about it. */
  readonly notAnalysed: readonly NotAnalysed[];
  /**
   * Headers of which conditions ask for several values, where something was compared: requests that send one of them several times are not.
   * Sorted; absent where there are none.
   */
  readonly repeatedHeaders?: readonly string[];
}

/** What is compared, as people know it: commits, branches, folders. */
export interface Sides {
  readonly base: string;
  readonly head: string;
}

/** A host, of which the conditions on one dimension are too many to compare exactly (docs/semantics.md); or a review contradicts itself. */
export interface NotAnalysed {
  /** `host:port`, as in rows. */
  readonly destination: string;
  /** Those whose proxies serve it. */
  readonly gateways?: readonly string[];
  /** `path`, `header user-agent`; absent where it is no limit that is met. */
  readonly dimension?: string;
  /** What is said of a request that does not hold. */
  readonly contradiction?: string;
  readonly callers: readonly string[];
  /** Where the host is defined, or the gateways that serve it. */
  readonly head: readonly PlacedText[];
  /** Whether the head is too wide by itself; else only the base is, or the two together. As much work again: for those who ask. */
  readonly isHeadTooWide: () => boolean;
}

/** True if it is certain that nobody can tell the two meshes apart by requests, and nothing was added or removed. */
export function isQuiet(review: Review): boolean {
  return review.rows.length === 0 && review.notAnalysed.length === 0;
}

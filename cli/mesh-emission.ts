// What the back ends make of one mesh. Each is asked when somebody first wants to know, and not again.
import {
  checkEnvoy,
  type Diagnostic,
  type EnvoyPlan,
  emitIstio,
  type IstioEmission,
  type Mesh,
  planEnvoy,
} from '../compiler/index.ts';

/** What a mesh is compiled for, where that is known. */
export type Target = 'istio' | 'envoy';

/** The compiler's own, unless a test counts. */
export interface Backends {
  readonly emitIstio: typeof emitIstio;
  readonly planEnvoy: typeof planEnvoy;
}

/** Never says anything that `emitIstio` and `planEnvoy` would not say of the same mesh. */
export class MeshEmission {
  readonly #mesh: Mesh;
  readonly #commit: string | undefined;
  readonly #backends: Backends;
  #istio: IstioEmission | undefined;
  #envoy: EnvoyPlan | undefined;

  /** `commit` is written on the Istio objects; undefined for intent that comes from none. */
  constructor(mesh: Mesh, commit: string | undefined, backends: Backends = { emitIstio, planEnvoy }) {
    this.#mesh = mesh;
    this.#commit = commit;
    this.#backends = backends;
  }

  get istio(): IstioEmission {
    this.#istio ??= this.#backends.emitIstio(this.#mesh, this.#commit === undefined ? {} : { commit: this.#commit });
    return this.#istio;
  }

  get envoy(): EnvoyPlan {
    this.#envoy ??= this.#backends.planEnvoy(this.#mesh);
    return this.#envoy;
  }

  /** What a back end cannot express: asks both. What only one of them cannot is an error where that is the target. */
  diagnostics(target?: Target): readonly Diagnostic[] {
    const { diagnostics } = this.istio;
    const ofEnvoy = checkEnvoy(this.envoy, target === 'envoy');
    return [...diagnostics, ...ofEnvoy.filter(({ code }) => target !== 'istio' || code !== 'FL0455')];
  }
}

// What MeshTests expect of one request: whether whatever meets one expectation meets another.
import { isLocation, isReceived } from '../analysis/index.ts';
import type { Expectation, KeyOf } from '../model/index.ts';

type Asked<F extends keyof Expectation> = NonNullable<Expectation[F]>;

/** By field: whether what meets `is` has what was asked. */
const isAsked: { readonly [F in KeyOf<Expectation>]-?: (was: Asked<F>, is: Expectation) => boolean } = {
  // Of what is refused nobody answers, unless a status is expected.
  allowed: (_was, { allowed, status, service, versions, path }) =>
    allowed === true || (status === undefined && [service, versions, path].some((one) => one !== undefined)),
  denied: (was, { denied }) => denied === was || (was === 'any' && denied !== undefined),
  service: (was, { service }) => service === was,
  versions: (was, { versions = {} }) =>
    [...Object.keys(was), ...Object.keys(versions)].every((name) => (was[name] ?? 0) === (versions[name] ?? 0)),
  redirect: (was, { redirect }) =>
    redirect !== undefined &&
    (was.location === undefined || isLocation(was.location, redirect.location ?? '')) &&
    (was.status === undefined || was.status === redirect.status),
  status: (was, { status }) => status === was,
  timeoutMs: (was, { timeoutMs }) => timeoutMs === was,
  path: (was, { path }) => path !== undefined && isReceived(was, path),
};

/** Whether whatever meets all of `is` meets all of `was`. */
export function asksAsMuch(was: readonly Expectation[], is: readonly Expectation[]): boolean {
  return was.flatMap(partsOf).every((part) => is.some((one) => isMetBy(part, one)));
}

function isMetBy(was: Expectation, is: Expectation): boolean {
  return Object.entries(isAsked).every(([field, isMet]) => {
    const asked = was[field as keyof Expectation];
    return asked === undefined || (isMet as (was: unknown, is: Expectation) => boolean)(asked, is);
  });
}

/** Each thing that is asked by itself, which may stand in another case. */
function partsOf({ redirect = {}, ...others }: Expectation): readonly Expectation[] {
  const single = (fields: object) => Object.entries(fields).map(([field, value]) => ({ [field]: value }));
  return [...single(others), ...single(redirect).map((part) => ({ redirect: part }))];
}

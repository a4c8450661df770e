// The intent objects as TypeScript sees them once the schema has accepted them. Read off the schemas: a field is written there.
import type { IntentObject } from './schema/envelope.ts';
import type { externalServiceSchema, meshWorkloadSchema } from './schema/external.ts';
import type { meshSchema } from './schema/mesh.ts';
import type { meshGatewaySchema } from './schema/mesh-gateway.ts';
import type { meshServiceSchema } from './schema/mesh-service.ts';
import type { meshTestSchema } from './schema/mesh-test.ts';
import type { Accepted } from './schema/schema-type.ts';

export type { IntentObject, Metadata } from './schema/envelope.ts';
export { apiVersion, type IntentKind, intentKinds } from './schema/kinds.ts';

type Spec<S> = Accepted<S> extends IntentObject<infer T> ? T : never;
/** What stands in an optional field. */
type In<T, F extends keyof T> = NonNullable<T[F]>;
type Item<L> = NonNullable<L> extends readonly (infer E)[] ? E : never;
type Value<R> = NonNullable<R> extends Readonly<Record<string, infer V>> ? V : never;
/** The object of a field that can be written as a text as well. */
type Written<T> = Exclude<NonNullable<T>, string>;

export type MeshIntent = Spec<typeof meshSchema>;
export type MtlsWord = In<MeshIntent, 'mtls'>;
export type RetriesIntent = In<RouteIntent, 'retries'>;

export type MeshServiceIntent = Spec<typeof meshServiceSchema>;
export type PortIntent = Item<MeshServiceIntent['ports']>;
export type UseIntent = Written<Item<MeshServiceIntent['uses']>>;
export type ExposeIntent = Item<MeshServiceIntent['expose']>;

export type RouteIntent = Item<MeshServiceIntent['routes']>;
export type MatchIntent = Exclude<In<RouteIntent, 'match'>, readonly unknown[]>;
export type MethodIntent = Item<MatchIntent['methods']>;
/** Exactly one field is given. */
export type PatternIntent = Written<MatchIntent['path']>;
/** Exactly one field is given. */
export type HeaderPatternIntent = Written<Value<MatchIntent['headers']>>;
export type DestinationIntent = Item<RouteIntent['to']>;
export type RedirectIntent = In<RouteIntent, 'redirect'>;
export type FaultIntent = In<RouteIntent, 'fault'>;
export type CorsIntent = In<RouteIntent, 'cors'>;
export type HeaderEditIntent = In<In<RouteIntent, 'headers'>, 'request'>;

/** Only deny rules have `unless`. */
export type AccessRuleIntent = Item<In<MeshServiceIntent, 'access'>['deny']>;
/** Exactly one field is given. */
export type CallerIntent = Item<AccessRuleIntent['from']>;

export type MeshGatewayIntent = Spec<typeof meshGatewaySchema>;
export type ListenerIntent = Item<MeshGatewayIntent['listeners']>;

export type ExternalServiceIntent = Spec<typeof externalServiceSchema>;
export type MeshWorkloadIntent = Spec<typeof meshWorkloadSchema>;

export type MeshTestIntent = Spec<typeof meshTestSchema>;
export type TestCaseIntent = Item<MeshTestIntent['cases']>;
export type ExpectIntent = TestCaseIntent['expect'];

// The meshes of this test: goldens, examples, small cases of its own, and random ones.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compile, deepFreeze, emitIstio, keyOf, loadDirectory, type Mesh, renderText } from '../../compiler/index.ts';
import { corners, goldenMeshes, languagePage, type MeshUnderTest, randomMeshes, shop } from '../conformance/meshes.ts';

export interface Case extends MeshUnderTest {
  readonly limit: number;
}

/** Of a golden or a random mesh; the larger ones are asked everything. */
const smallLimit = 150;

export function allCases(random: { readonly count: number; readonly seed: number }): readonly Case[] {
  const large = [shop(), corners(), corners('corners-shared'), languagePage(), ...smallCases()];
  const small = [...goldenMeshes(), ...publishable(random)];
  return [
    ...large.map((one) => ({ ...one, limit: Number.POSITIVE_INFINITY })),
    ...small.map((one) => ({ ...one, limit: smallLimit })),
  ];
}

/** As many random meshes as are wanted of those that Istio can be given: about half of those drawn. */
function publishable({ count, seed }: { readonly count: number; readonly seed: number }): readonly MeshUnderTest[] {
  const drawn = randomMeshes(drawnForEach * count, seed).map(asLowered);
  const found = drawn.filter(({ mesh }) => emitIstio(mesh).diagnostics.every(({ severity }) => severity !== 'error'));
  if (found.length < count) throw new Error(`${found.length} of ${drawn.length} random meshes can be said to Istio`);
  return found.slice(0, count);
}

const drawnForEach = 4;

function smallCases(): readonly MeshUnderTest[] {
  const folder = join(import.meta.dirname, 'cases');
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const { mesh, diagnostics } = compile(loadDirectory(join(folder, name)));
      if (!mesh) throw new Error(renderText(diagnostics, { lookup: () => undefined }));
      return { name: `cases/${name}`, mesh };
    });
}

interface Version {
  readonly host: string;
  readonly subset: string;
}

/**
 * A random mesh without what lowering never makes and Istio has no words for: two policies of one name, a redirect with a fault, and
 * a version that nobody defines.
 */
function asLowered({ name, mesh }: MeshUnderTest): MeshUnderTest {
  const known = new Set(
    mesh.destinationPolicies.flatMap(({ host, subsets }) => subsets.map((one) => `${host} ${one.name}`)),
  );
  const defined = <T extends Version>(one: T): T =>
    known.has(`${one.host} ${one.subset}`) ? one : { ...one, subset: '' };
  const routeTables = mesh.routeTables.map((table) => ({
    ...table,
    http: table.http.map((route) => ({
      ...route,
      action:
        route.action.kind === 'ForwardAction'
          ? { ...route.action, destinations: route.action.destinations.map(defined) }
          : route.action,
      features: route.features
        .filter(({ kind }) => route.action.kind !== 'RedirectAction' || kind !== 'Fault')
        .map((feature) => (feature.kind === 'Mirror' ? defined(feature) : feature)),
    })),
    tcp: table.tcp.map((route) => ({ ...route, destinations: route.destinations.map(defined) })),
  }));
  const lowered: Mesh = {
    ...mesh,
    routeTables,
    peerAuthentications: unique(mesh.peerAuthentications),
    authorizationPolicies: unique(mesh.authorizationPolicies),
  };
  return { name, mesh: deepFreeze(lowered) };
}

function unique<T extends { readonly namespace: string; readonly name: string }>(list: readonly T[]): readonly T[] {
  return [...new Map(list.map((one) => [keyOf(one), one])).values()];
}

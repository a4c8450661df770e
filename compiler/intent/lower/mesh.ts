// The Mesh document, or its absence, to mesh-wide settings.
import { type Span, wholeFile } from '../../diagnostics/index.ts';
import type { MeshSettings, MtlsMode, PeerAuthentication, SettingPlace } from '../../model/index.ts';
import { Cursor } from '../../syntax/index.ts';
import { meshDefaults } from '../defaults.ts';
import type { IntentDocument } from '../document.ts';
import type { IntentObject, MeshIntent, MtlsWord } from '../kinds.ts';
import { parseDuration } from '../units.ts';
import { type GlobalFacts, settingPlace } from './context.ts';

const mtlsModes: Readonly<Record<MtlsWord, MtlsMode>> = { strict: 'STRICT', permissive: 'PERMISSIVE', off: 'DISABLE' };

export function mtlsMode(word: MtlsWord): MtlsMode {
  return mtlsModes[word];
}

/** `document` is undefined where the repository has no Mesh: everything is then as by default. */
export function lowerMesh(document: IntentDocument | undefined, firstFile: string): GlobalFacts {
  const object = document && new Cursor(document.object as unknown as IntentObject<MeshIntent>, document, []);
  const spec = object?.get('spec');
  const fallback = document?.span ?? wholeFile(firstFile);
  const at = (found: { readonly origin: Span } | undefined) => found?.origin ?? fallback;
  return {
    name: document?.name ?? meshDefaults.name,
    settings: settingsOf(spec?.value ?? {}),
    settingPlaces: spec ? placesIn(spec) : [],
    origin: fallback,
    accessOrigin: at(spec?.get('access')?.get('default')),
    mtlsOrigin: at(spec?.get('mtls')),
  };
}

const writtenAt: {
  readonly [F in keyof MeshSettings]: (spec: Cursor<MeshIntent>) => { readonly origin: Span } | undefined;
} = {
  trustDomain: (spec) => spec.get('trustDomain'),
  rootNamespace: (spec) => spec.get('rootNamespace'),
  mtls: (spec) => spec.get('mtls'),
  accessDefault: (spec) => spec.get('access')?.get('default'),
  egressDefault: (spec) => spec.get('egress')?.get('default'),
  timeoutMs: (spec) => spec.get('defaults')?.get('timeout'),
  retries: (spec) => spec.get('defaults')?.get('retries'),
  injectedProxy: (spec) => spec.get('injection')?.get('proxy'),
};

function placesIn(spec: Cursor<MeshIntent>): readonly SettingPlace<keyof MeshSettings>[] {
  return Object.entries(writtenAt).flatMap(([field, find]) => settingPlace(field as keyof MeshSettings, find(spec)));
}

function settingsOf(spec: MeshIntent): MeshSettings {
  const retries = spec.defaults?.retries;
  return {
    trustDomain: spec.trustDomain ?? meshDefaults.trustDomain,
    rootNamespace: spec.rootNamespace ?? meshDefaults.rootNamespace,
    mtls: mtlsMode(spec.mtls ?? meshDefaults.mtls),
    accessDefault: spec.access?.default ?? meshDefaults.accessDefault,
    egressDefault: spec.egress?.default ?? meshDefaults.egressDefault,
    timeoutMs: parseDuration(spec.defaults?.timeout ?? meshDefaults.timeout),
    retries: {
      attempts: retries?.attempts ?? meshDefaults.retries.attempts,
      perTryTimeoutMs: parseDuration(retries?.perTryTimeout ?? '0s'),
      on: retries?.on ?? meshDefaults.retries.on,
    },
    injectedProxy: spec.injection?.proxy ?? meshDefaults.injectedProxy,
  };
}

/** The mesh-wide demand: Istio's name for it is `default` in the root namespace. */
export function meshPeerAuthentication({ settings, mtlsOrigin: origin }: GlobalFacts): PeerAuthentication {
  return {
    kind: 'PeerAuthentication',
    origin,
    name: 'default',
    namespace: settings.rootNamespace,
    target: { namespace: settings.rootNamespace, labels: {} },
    mode: settings.mtls,
    portModes: {},
  };
}

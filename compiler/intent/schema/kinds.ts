// The kinds of intent and the version of the language.

export const apiVersion = 'fairlead.dev/v1alpha1';

export const intentKinds = [
  'Mesh',
  'MeshService',
  'MeshGateway',
  'ExternalService',
  'MeshWorkload',
  'MeshTest',
] as const;

export type IntentKind = (typeof intentKinds)[number];

// Schema of Mesh.
import { meshDefaults } from '../defaults.ts';
import { envelope } from './envelope.ts';
import { dnsLabel, duration, exactHost } from './forms.ts';
import { closed, enumeration } from './shapes.ts';
import { mtls, retriesWith } from './shared.ts';

export const meshSchema = envelope(
  'Mesh',
  'Settings of the whole mesh. One a repository; without it the defaults hold.',
  closed({
    trustDomain: {
      ...exactHost,
      default: meshDefaults.trustDomain,
      description: 'First part of every SPIFFE identity.',
    },
    rootNamespace: { ...dnsLabel, default: meshDefaults.rootNamespace, description: 'Namespace of mesh-wide objects.' },
    mtls: { ...mtls, default: meshDefaults.mtls },
    access: closed(
      {
        default: enumeration(['allow', 'deny'], {
          default: meshDefaults.accessDefault,
          description: 'Who may call a service that has no allow rules: everybody in the mesh, or nobody.',
        }),
      },
      [],
      { description: 'Who may call, where a service does not say.' },
    ),
    egress: closed(
      {
        default: enumeration(['declared', 'any'], {
          default: meshDefaults.egressDefault,
          description: 'declared: a service reaches only what it uses; any: everything else is passed through as well.',
        }),
      },
      [],
      { description: 'What may be called besides what is declared.' },
    ),
    defaults: closed(
      {
        timeout: {
          ...duration,
          default: meshDefaults.timeout,
          description: 'Limit of a whole request where a route sets none; 0s for no limit.',
        },
        retries: retriesWith('Where a route sets none.', {
          attempts: meshDefaults.retries.attempts,
          on: meshDefaults.retries.on,
        }),
      },
      [],
      { description: 'What holds of routes that say nothing.' },
    ),
    injection: closed(
      {
        proxy: enumeration(['envoy', 'embedded'], {
          default: meshDefaults.injectedProxy,
          description: 'The sidecar that is injected; embedded serves no pod yet.',
        }),
      },
      [],
      { description: 'Of sidecars in pods.' },
    ),
  }),
);

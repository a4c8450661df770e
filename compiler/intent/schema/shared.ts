// Schema parts that several kinds use: ports, mTLS, retries.
import { plainRetryWords } from '../../model/index.ts';
import { meshDefaults } from '../defaults.ts';
import { dnsLabel, duration, portNumber } from './forms.ts';
import { anyText, closed, enumeration, integer, list } from './shapes.ts';

export const mtls = enumeration(['strict', 'permissive', 'off'], {
  description: 'strict: only mutual TLS; permissive: plain text as well; off: plain text only.',
});

export const retries = closed(
  {
    attempts: integer({ minimum: 0, maximum: 10, description: 'Retries after the first try; 0 turns them off.' }),
    perTryTimeout: {
      ...duration,
      description: 'Limit of a single try; without it only the timeout of the route limits.',
    },
    on: list(enumeration(plainRetryWords), {
      minItems: 1,
      uniqueItems: true,
      default: meshDefaults.retries.on,
      description: 'What is retried, in Envoy’s words.',
    }),
  },
  [],
  { description: 'How often a failed request is tried again.' },
);

export const portFields = {
  name: {
    ...dnsLabel,
    description: 'The part before the first dash says the protocol, as in Istio: http, http2, grpc, https, tls, tcp …',
  },
  port: { ...portNumber, description: 'The port callers dial.' },
  targetPort: { ...portNumber, description: 'The port the workload listens on; by default the same.' },
  protocol: enumeration(['HTTP', 'HTTP2', 'GRPC', 'HTTPS', 'TLS', 'TCP'], {
    description: 'Overrides what the name says.',
  }),
  appProtocol: anyText({
    minLength: 1,
    description: 'As in a Kubernetes Service: http, grpc, kubernetes.io/h2c, tcp …',
  }),
};

export const plainPorts = list(closed(portFields, ['port']), { minItems: 1 });

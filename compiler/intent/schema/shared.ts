// Schema parts that several kinds use: ports, mTLS, retries.
import { plainRetryWords } from '../../model/index.ts';
import { dnsLabel, duration, portNumber } from './forms.ts';
import { anyText, closed, enumeration, integer, list } from './shapes.ts';

export const mtls = enumeration(['strict', 'permissive', 'off'], {
  description: 'strict: only mutual TLS; permissive: plain text as well; off: plain text only.',
});

/** Without `defaults`, what is not written is as the Mesh has it. */
export function retriesWith(
  description: string,
  defaults?: { readonly attempts: number; readonly on: readonly string[] },
) {
  const otherwise = defaults ? '' : ' By default as the Mesh has it.';
  return closed(
    {
      attempts: integer({
        minimum: 0,
        maximum: 10,
        ...(defaults && { default: defaults.attempts }),
        description: `Retries after the first try; 0 turns them off.${otherwise}`,
      }),
      perTryTimeout: {
        ...duration,
        description: `Limit of a single try; 0s for none but the timeout of the route.${otherwise}`,
      },
      on: list(enumeration(plainRetryWords), {
        minItems: 1,
        uniqueItems: true,
        ...(defaults && { default: defaults.on }),
        description: `What is retried, in Envoy’s words.${otherwise}`,
      }),
    },
    [],
    { description },
  );
}

export const portFields = {
  name: {
    ...dnsLabel,
    description:
      'The part before the first dash says the protocol, as in Istio: http, http2, grpc, https, tls, tcp … Without a name it is http, on 443 https.',
  },
  port: { ...portNumber, description: 'The port callers dial.' },
  targetPort: { ...portNumber, description: 'The port the workload listens on; by default the same.' },
  protocol: enumeration(['HTTP', 'HTTP2', 'GRPC', 'HTTPS', 'TLS', 'TCP'], {
    description: 'Overrides what `appProtocol` and the name say.',
  }),
  appProtocol: anyText({
    minLength: 1,
    description: 'Overrides what the name says; as in a Kubernetes Service: http, grpc, kubernetes.io/h2c, tcp …',
  }),
};

export const plainPorts = list(closed(portFields, ['port']), { minItems: 1, description: 'What callers can dial.' });

// Schema of MeshGateway.
import { envelope } from './envelope.ts';
import { dnsLabel, host, labels, portNumber } from './forms.ts';
import { closed, enumeration, flag, list } from './shapes.ts';

const listener = closed(
  {
    name: { ...dnsLabel, description: 'Unique in the gateway.' },
    port: { ...portNumber, description: 'The port clients dial.' },
    protocol: enumeration(['HTTP', 'HTTPS'], {
      enumErrorMessage: 'one of: HTTP, HTTPS; a gateway takes requests, and passes neither TLS nor TCP through',
      description: 'HTTPS needs `tls`, HTTP has none.',
    }),
    hosts: list(host, { minItems: 1, uniqueItems: true, description: 'Exact names, `*.example.com`, or `*`.' }),
    redirectToHttps: flag({ default: false, description: 'Answers everything with a redirect to https.' }),
    tls: closed(
      {
        mode: enumeration(['terminate'], {
          enumErrorMessage:
            'leave it out: TLS ends at the gateway, which passes none through and asks for no certificate',
          default: 'terminate',
          description: 'TLS ends at the gateway.',
        }),
        secret: { ...dnsLabel, description: 'The secret with the certificate of the hosts.' },
      },
      [],
      { description: 'Of an HTTPS listener.' },
    ),
  },
  ['name', 'port', 'protocol', 'hosts'],
);

export const meshGatewaySchema = envelope(
  'MeshGateway',
  'Where traffic enters the mesh. Services expose themselves at it.',
  closed(
    {
      selector: {
        ...labels,
        minProperties: 1,
        description: 'Labels of its proxies; by default `gateway` is its name.',
      },
      serviceAccount: { ...dnsLabel, description: 'Identity of its proxies; by default its name.' },
      listeners: list(listener, { minItems: 1, description: 'Where it can be reached.' }),
    },
    ['listeners'],
  ),
);

// Schemas of what is not a pod of the mesh: ExternalService and MeshWorkload.
import { serviceDefaults } from '../defaults.ts';
import { envelope } from './envelope.ts';
import { dnsLabel, host, labels } from './forms.ts';
import { anyText, closed, enumeration, flag, list, text } from './shapes.ts';
import { plainPorts } from './shared.ts';

const ipAddress = text(
  '^([0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)$',
  'an IP address such as `10.128.0.7`',
);

export const externalHost = {
  ...host,
  pattern: String(host.pattern).replace('\\*|', ''),
  patternErrorMessage: 'a lower-case host name without scheme and port, such as `api.example.com` or `*.example.com`',
};

/** Whether a name, in whatever case and with or without a dot at its end, is one that DNS can be asked for: no wildcard. */
export function isResolvable(name: string): boolean {
  return !name.includes('*') && new RegExp(externalHost.pattern, 'u').test(name.toLowerCase().replace(/\.$/, ''));
}

export const externalServiceSchema = envelope(
  'ExternalService',
  'Something outside the mesh that services use.',
  closed(
    {
      hosts: list(externalHost, { minItems: 1, uniqueItems: true, description: 'The names callers write.' }),
      ports: plainPorts,
      resolve: enumeration(['dns', 'static', 'none'], {
        default: serviceDefaults.externalResolve,
        description: 'dns: by name; static: at `addresses`; none: the address that the caller dialled.',
      }),
      addresses: list(anyText({ minLength: 1, maxLength: 253 }), {
        minItems: 1,
        uniqueItems: true,
        description: 'static: IP addresses; dns: names to resolve in place of `hosts`.',
      }),
      tls: closed(
        {
          originate: flag({
            default: false,
            description: 'Callers speak plain HTTP on port 80 and the proxy adds TLS.',
          }),
        },
        [],
        { description: 'TLS towards it.' },
      ),
    },
    ['hosts', 'ports'],
  ),
);

export const meshWorkloadSchema = envelope(
  'MeshWorkload',
  'A workload that is not a pod, such as a database on a VM. It has no proxy and is reached in plain text.',
  closed(
    {
      address: { ...ipAddress, description: 'Where it is.' },
      labels: { ...labels, description: 'Labels of the workload; by default `app` is its name.' },
      serviceAccount: { ...dnsLabel, description: 'By default its name.' },
      ports: plainPorts,
    },
    ['address', 'ports'],
  ),
);

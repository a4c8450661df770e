// Codes FL0801 to FL0819: the control plane and discovery. Ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';

export const controlPlaneCodes = [
  {
    code: 'FL0801',
    name: 'configuration-refused',
    severity: 'error',
    title: 'a proxy refused the configuration it was sent',
    explanation:
      'A proxy answers every configuration with an acknowledgement (ACK) or a refusal (NACK). It refused this one and goes on with its last good one, ' +
      'so that traffic is served as before the change. The message ends with the text of the proxy; the place is the intent from which the refused ' +
      'resource was made. The refused version is not sent to this proxy again. Correct the intent and publish it.',
    bad: {
      text: "proxy shoes-v1-0 refused listener gateway_443: error adding listener '0.0.0.0:443': cannot bind: Permission denied",
    },
    good: { text: 'fairlead wait --commit C ends with every proxy acknowledged' },
  },
  {
    code: 'FL0802',
    name: 'resource-not-encodable',
    severity: 'error',
    title: 'a resource does not fit the message type it is to be sent as',
    explanation:
      'Resources are checked strictly when they become bytes: an unknown field, or a value of the wrong type, is an error and not dropped. ' +
      'What the compiler makes always fits; a resource from elsewhere may not. The proxy concerned keeps what it has. ' +
      'Correct the field that the message names.',
    bad: { text: '{"name": "shoes", "conectTimeout": "1s"}' },
    good: { text: '{"name": "shoes", "connectTimeout": "1s"}' },
  },
  {
    code: 'FL0803',
    name: 'no-configuration',
    severity: 'error',
    title: 'the control plane cannot make the configuration of a proxy',
    explanation:
      'Something that the configuration needs failed: the compiler, or the provider of a certificate. The message says what. ' +
      'The proxy keeps its last good configuration; the next publication is tried afresh.',
    bad: { text: 'no configuration can be made for edge/gateway: the certificate file edge.pem does not exist' },
    good: { text: 'a gateway whose certificate can be read' },
  },
  {
    code: 'FL0804',
    name: 'stream-refused',
    severity: 'warning',
    title: 'somebody who may not was refused a configuration stream',
    explanation:
      "A proxy is given only its own identity's configuration and keys. It proves who it is by a client certificate of the mesh, or by a join token. " +
      'The credentials were missing, expired, forged, or for another workload than the one asked for. ' +
      'If the proxy is yours, issue a new token for its workload and start it with a new bootstrap.',
    bad: { text: 'a proxy of shop/shoes that asks with the token of shop/users' },
    good: { text: 'a proxy of shop/shoes that asks with the token of shop/shoes' },
  },
  {
    code: 'FL0805',
    name: 'certificate-not-renewed',
    severity: 'error',
    title: 'a certificate could not be renewed',
    explanation:
      'Certificates are renewed when two thirds of their life are over. This renewal failed; it is tried again until the certificate ends, ' +
      'and the present one is used meanwhile. If it ends, mutual TLS with its holder fails. The message gives the cause.',
    bad: { text: 'cannot renew the certificate gateway/edge: connect ECONNREFUSED' },
    good: { text: 'a certificate that is replaced before it ends' },
  },
  {
    code: 'FL0806',
    name: 'instances-unreadable',
    severity: 'error',
    title: 'a file of instances cannot be read',
    explanation:
      'Discovery reads instances from YAML or JSON files. This one cannot be opened, or is not valid YAML. ' +
      'The instances last read from it stay in use until it can be read again.',
    bad: { text: 'instances: [ {name: shoes-v1-0' },
    good: { text: 'instances: []' },
  },
  {
    code: 'FL0807',
    name: 'instance-invalid',
    severity: 'error',
    title: 'an instance is not described as it must be',
    explanation:
      'Every instance needs a name, a namespace and an IP address; labels and ports are maps, and ports lie between 1 and 65535. ' +
      'An unknown field is an error. As long as a file has one wrong instance, those last read from it stay in use.',
    bad: { text: 'instances: [ {name: shoes-v1-0, namespace: shop, address: shoes.local} ]' },
    good: { text: 'instances: [ {name: shoes-v1-0, namespace: shop, address: 127.0.0.1} ]' },
  },
  {
    code: 'FL0808',
    name: 'instance-duplicate',
    severity: 'error',
    title: 'two instances have the same name',
    explanation:
      'Instances are told apart by namespace and name. Two with the same are a mistake in the files, for one of them would hide the other. ' +
      'As long as a file repeats a name, the instances last read from it stay in use.',
    bad: { text: 'two entries named shoes-v1-0 in namespace shop' },
    good: { text: 'shoes-v1-0 and shoes-v1-1' },
  },
] as const satisfies readonly CatalogueEntry[];

// Codes FL082.. and FL083..: the embedded proxy. Ordered by code.
import type { CatalogueEntry } from '../catalogue-entry.ts';

export const proxyCodes = [
  {
    code: 'FL0820',
    name: 'proxy-unsupported',
    severity: 'error',
    title: 'the embedded proxy does not support something in a resource',
    explanation:
      'The embedded proxy honours a documented part of what Envoy can do. It refuses a resource that asks for anything else, naming the ' +
      'field, and keeps the version before: ignoring the field could open an access or lose a request. Run the workload with Envoy, or ' +
      'take the feature out.',
    bad: {
      text: 'FL0820: the embedded proxy does not support typedExtensionProtocolOptions["envoy.extensions.upstreams.http.v3.HttpProtocolOptions"].explicitHttpConfig.http2ProtocolOptions of cluster "outbound|80||grpc.shop.svc.cluster.local"',
    },
    good: { text: 'a cluster with explicitHttpConfig.httpProtocolOptions: {}' },
  },
  {
    code: 'FL0821',
    name: 'proxy-invalid-resource',
    severity: 'error',
    title: 'a resource cannot be used by the proxy',
    explanation:
      'The resource is well-formed, but a value in it has no meaning: a regular expression that RE2 refuses, a certificate that does not ' +
      'fit its key, a domain in two virtual hosts. The version before stays at work. What the compiler emits never provokes this; look at ' +
      'what else writes to the control plane.',
    bad: { text: 'FL0821: regular expression "(?=a)": invalid or unsupported Perl syntax' },
    good: { text: 'a route whose safe_regex is /items/[0-9]+' },
  },
  {
    code: 'FL0822',
    name: 'proxy-cannot-bind',
    severity: 'error',
    title: 'the proxy cannot listen on an address',
    explanation:
      'The address of a listener is taken by another process, is not one of this machine, or needs rights the proxy does not have. The ' +
      'listener before, if there was one, goes on. Free the port or give the listener another; the control plane sends the resource again ' +
      'with its next change.',
    bad: { text: 'FL0822: listener inbound_8080 cannot bind 127.0.0.1:15006: EADDRINUSE' },
    good: { text: 'listener inbound_8080 on a port nobody listens on' },
  },
  {
    code: 'FL0823',
    name: 'embedded-proxy-cannot',
    severity: 'error',
    title: 'the intent asks for something that the embedded proxy cannot do',
    explanation:
      '`fairlead up` runs its own proxy unless told otherwise, and that one does not do everything that Envoy does: HTTP/2, and so gRPC, ' +
      'above all. It is found out before anything is started or changed, by what the proxy would have to take. The same intent runs with ' +
      '`fairlead up --proxy envoy`, and on a cluster.',
    bad: { text: 'FL0823: port 9000 of shop/stock speaks GRPC, that is HTTP/2, which the embedded proxy does not' },
    good: { text: 'fairlead up --proxy envoy' },
  },
] as const satisfies readonly CatalogueEntry[];

// What Istio's webhook demands of a Sidecar beyond its schema.
import { isIP } from 'node:net';
import { checkDestination, checkPort, isDnsLabel, isFullHost } from './common.ts';
import { checkConnectionPool } from './destination-rule.ts';
import { checkServerTls } from './gateway.ts';
import type { View } from './view.ts';

const loopback = new Set(['', '127.0.0.1', '0.0.0.0', '::1', '::']);

export function checkSidecar(spec: View): void {
  if (spec.set('egress', 'ingress', 'outboundTrafficPolicy', 'inboundConnectionPool').length === 0) {
    spec.fault('a Sidecar must say something about ingress or egress');
  }
  const egress = spec.at('egress').items();
  for (const [i, listener] of egress.entries()) checkEgress(listener, i === egress.length - 1);
  checkPortsDiffer(egress);
  for (const listener of spec.at('ingress').items()) checkIngress(listener);
  checkPortsDiffer(spec.at('ingress').items());
  checkConnectionPool(spec.at('inboundConnectionPool'));
  checkOutbound(spec.at('outboundTrafficPolicy'));
}

function checkEgress(listener: View, isLast: boolean): void {
  const port = listener.at('port');
  if (!port.isSet && !isLast) listener.fault('the listener without a port must be the last one');
  if (port.isSet) checkEgressPort(listener);
  if (!listener.at('hosts').isSet) listener.fault('an egress listener needs a host');
  for (const host of listener.at('hosts').items()) checkEgressHost(host);
}

/** Without a port number the listener is a Unix domain socket, whose traffic cannot be captured. */
function checkEgressPort(listener: View): void {
  const { text: bind } = listener.at('bind');
  const number = listener.at('port').at('number');
  if (number.isSet) {
    checkPort(number);
    checkBind(listener.at('bind'));
    return;
  }
  if (!/^unix:\/\/(@|\/.*[^/]$)/.test(bind)) number.fault('port 0 needs a Unix domain socket to bind to');
  if (listener.at('captureMode').text === 'IPTABLES')
    listener.at('captureMode').fault('a Unix domain socket cannot be captured');
}

/** `namespace/host`; `~` before the namespace leaves it out, and `~/*` is nothing at all. */
function checkEgressHost(entry: View): void {
  const [namespace = '', host] = splitOnce(entry.text, '/');
  if (host === undefined || namespace === '' || host === '') {
    entry.fault(`${JSON.stringify(entry.text)} must be NAMESPACE/HOST`);
    return;
  }
  const name = namespace.replace(/^~/, '');
  if (name !== '' && name !== '*' && name !== '.' && !isDnsLabel(name))
    entry.fault(`${JSON.stringify(namespace)} is no namespace`);
  if (!isFullHost(host)) entry.fault(`${JSON.stringify(host)} is no full host name`);
}

function checkIngress(listener: View): void {
  const port = listener.at('port');
  if (!port.isSet) {
    listener.fault('an ingress listener needs a port');
    return;
  }
  checkPort(port.at('number'));
  checkBind(listener.at('bind'));
  checkEndpoint(listener.at('defaultEndpoint'));
  checkConnectionPool(listener.at('connectionPool'));
  const tls = listener.at('tls');
  if (!tls.isSet) return;
  for (const field of tls.set(
    'subjectAltNames',
    'httpsRedirect',
    'credentialName',
    'credentialNames',
    'tlsCertificates',
  )) {
    tls.at(field).fault(`${field} is for gateways only`);
  }
  const mode = tls.at('mode');
  if (/^(ISTIO_MUTUAL|AUTO_PASSTHROUGH)$/.test(mode.text)) mode.fault(`a Sidecar cannot use ${mode.text}`);
  if (!/^(HTTPS|TLS)$/i.test(port.at('protocol').text)) tls.fault('only HTTPS and TLS ports have TLS settings');
  checkServerTls(tls);
}

function checkEndpoint(endpoint: View): void {
  const { text } = endpoint;
  if (text === '' || /^unix:\/\/(@|\/.*[^/]$)/.test(text)) return;
  const { host = '?', port = '' } = /^(?:\[(?<v6>[^\]]*)\]|(?<host>[^:]*)):(?<port>\d+)$/.exec(text)?.groups ?? {};
  const address = /^\[([^\]]*)\]/.exec(text)?.[1] ?? host;
  if (!loopback.has(address) || Number(port) < 1 || Number(port) > 65_535) {
    endpoint.fault(`${JSON.stringify(text)} is no local address with a port, nor unix:///PATH`);
  }
}

function checkBind(bind: View): void {
  if (bind.isSet && isIP(bind.text) === 0) bind.fault(`${JSON.stringify(bind.text)} is no IP address`);
}

function checkPortsDiffer(listeners: readonly View[]): void {
  const seen = new Set<string>();
  for (const listener of listeners.filter((l) => l.at('port').isSet)) {
    const { number } = listener.at('port').at('number');
    const key = number === 0 ? listener.at('bind').text : String(number);
    if (seen.has(key)) listener.at('port').fault(`another listener is on ${key} already`);
    seen.add(key);
  }
}

function checkOutbound(policy: View): void {
  const proxy = policy.at('egressProxy');
  if (!proxy.isSet) return;
  if (policy.at('mode').text !== 'ALLOW_ANY') proxy.fault('egressProxy needs mode ALLOW_ANY');
  if (proxy.at('host').text.includes('*')) proxy.at('host').fault('the host of a proxy cannot be a wildcard');
  if (!proxy.at('port').isSet) proxy.fault('egressProxy needs a port');
  checkDestination(proxy);
}

function splitOnce(text: string, separator: string): readonly (string | undefined)[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

// What Istio's webhook demands of a Gateway beyond its schema.
import { isIP } from 'node:net';
import { checkPort, isDnsLabel, isFullHost } from './common.ts';
import type { View } from './view.ts';

const protocols = /^(HTTP|HTTP2|HTTPS|GRPC|GRPC-WEB|HTTP_PROXY|MONGO|REDIS|MYSQL|TCP|TLS|UDP|HBONE|DOUBLE-HBONE)$/i;
const credentials = [
  'serverCertificate',
  'privateKey',
  'caCertificates',
  'tlsCertificates',
  'credentialName',
  'credentialNames',
];

export function checkGateway(spec: View): void {
  if (!spec.at('servers').isSet) spec.fault('a gateway needs a server');
  const names = new Set<string>();
  for (const server of spec.at('servers').items()) {
    checkServer(server);
    const name = server.at('name');
    if (name.isSet && names.has(name.text)) name.fault(`two servers are called ${name.text}`);
    names.add(name.text);
  }
}

function checkServer(server: View): void {
  if (!server.at('hosts').isSet) server.fault('a server needs a host');
  for (const host of server.at('hosts').items()) checkServerHost(host);
  const port = server.at('port');
  const isSocket = server.at('bind').text.startsWith('unix://');
  if (isSocket && port.at('number').isSet) port.at('number').fault('a Unix domain socket has no port number');
  if (!isSocket) checkPort(port.at('number'));
  if (!port.at('name').isSet) port.fault('a port needs a name');
  const { text: protocol } = port.at('protocol');
  if (!protocols.test(protocol)) port.at('protocol').fault(`${JSON.stringify(protocol)} is no protocol`);
  checkServerTls(server.at('tls'));
  checkTlsFits(server, protocol.toUpperCase());
}

/** `host`, `namespace/host`, where the namespace may be `*` (any) or `.` (the gateway's own). */
function checkServerHost(host: View): void {
  const slash = host.text.indexOf('/');
  const namespace = slash < 0 ? '*' : host.text.slice(0, slash);
  const name = host.text.slice(slash + 1);
  if (!isFullHost(name) && isIP(name) === 0) host.fault(`${JSON.stringify(host.text)} is no host name`);
  if (namespace !== '*' && namespace !== '.' && !isDnsLabel(namespace)) {
    host.fault(`${JSON.stringify(namespace)} is no namespace`);
  }
}

function checkTlsFits(server: View, protocol: string): void {
  const tls = server.at('tls');
  const isTls = protocol === 'HTTPS' || protocol === 'TLS';
  if (isTls && !tls.isSet) server.fault(`${protocol} needs TLS settings`);
  if (isTls || !tls.isSet) return;
  // Plain HTTP may only be redirected.
  const isHttp = /^(HTTP|HTTP2|GRPC|GRPC-WEB|HTTP_PROXY)$/.test(protocol);
  const isBare = /^(|PASSTHROUGH|AUTO_PASSTHROUGH)$/.test(tls.at('mode').text) && tls.set(...credentials).length === 0;
  if (!isHttp || !isBare) tls.fault(`a port that speaks ${protocol} cannot have TLS settings`);
}

export function checkServerTls(tls: View): void {
  if (!tls.isSet) return;
  const { text: mode } = tls.at('mode');
  if (mode === 'ISTIO_MUTUAL') {
    for (const field of tls.set(...credentials)) tls.at(field).fault(`ISTIO_MUTUAL has certificates of its own`);
    return;
  }
  const sources = tls.set('serverCertificate', 'tlsCertificates', 'credentialName', 'credentialNames');
  if (sources.length > 1) tls.fault(`${sources.join(' and ')} exclude each other`);
  if (!/^(SIMPLE|MUTUAL|OPTIONAL_MUTUAL)$/.test(mode) || tls.set('credentialName', 'credentialNames').length > 0)
    return;
  const needed = mode === 'MUTUAL' || mode === 'OPTIONAL_MUTUAL' ? ['caCertificates'] : [];
  const own = tls.at('tlsCertificates').isSet ? [] : ['serverCertificate', 'privateKey'];
  for (const field of [...own, ...needed]) {
    if (!tls.at(field).isSet) tls.fault(`${mode} needs ${field} or a credentialName`);
  }
  for (const certificate of tls.at('tlsCertificates').items()) {
    if (certificate.set('serverCertificate', 'privateKey').length < 2)
      certificate.fault('certificate and key are both needed');
  }
}

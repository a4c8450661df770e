// What Istio's webhook demands of a DestinationRule beyond its schema.
import { checkDuration, checkExportTo, checkNotNegative, checkPercentage, isDnsLabel, isHost } from './common.ts';
import type { View } from './view.ts';

const policyFields = ['outlierDetection', 'connectionPool', 'loadBalancer', 'tls'];
const topFields = [...policyFields, 'portLevelSettings', 'tunnel', 'proxyProtocol', 'retryBudget'];

export function checkDestinationRule(spec: View, namespace: string): void {
  if (!isHost(spec.at('host').text)) spec.at('host').fault(`${JSON.stringify(spec.at('host').text)} is no host name`);
  checkPolicy(spec.at('trafficPolicy'), topFields);
  for (const subset of spec.at('subsets').items()) {
    const name = subset.at('name');
    if (!isDnsLabel(name.text)) name.fault(`${JSON.stringify(name.text)} is no subset name`);
    checkPolicy(subset.at('trafficPolicy'), topFields);
  }
  checkExportTo(spec.at('exportTo'), namespace);
  const foreign = spec.at('exportTo').texts.some((target) => target !== '.' && target !== namespace);
  if (foreign && spec.at('workloadSelector').isSet) {
    spec.at('exportTo').fault('a rule with a workloadSelector is for its own namespace only');
  }
}

function checkPolicy(policy: View, fields: readonly string[]): void {
  if (!policy.isSet) return;
  if (policy.set(...fields).length === 0) policy.fault('a traffic policy must say something');
  if (policy.set('tunnel', 'proxyProtocol').length > 1) policy.fault('tunnel and proxyProtocol exclude each other');
  checkConnectionPool(policy.at('connectionPool'));
  checkOutlierDetection(policy.at('outlierDetection'));
  checkTls(policy.at('tls'));
  for (const port of policy.at('portLevelSettings').items()) {
    if (!port.at('port').isSet) port.fault('a port is missing');
    checkPolicy(port, policyFields);
  }
}

export function checkConnectionPool(pool: View): void {
  if (!pool.isSet) return;
  const http = pool.at('http');
  if (pool.set('http', 'tcp').length === 0) pool.fault('a connection pool must say something');
  checkNotNegative(
    http,
    'http1MaxPendingRequests',
    'http2MaxRequests',
    'maxRequestsPerConnection',
    'maxRetries',
    'maxConcurrentStreams',
  );
  checkNotNegative(pool.at('tcp'), 'maxConnections');
  checkDuration(http.at('idleTimeout'));
  checkDuration(pool.at('tcp').at('connectTimeout'));
  if (http.at('h2UpgradePolicy').text === 'UPGRADE' && http.at('useClientProtocol').isSet) {
    http.at('useClientProtocol').fault('cannot be combined with an upgrade to HTTP/2');
  }
  const keepAlive = http.at('http2KeepAlive');
  for (const field of keepAlive.isSet ? ['interval', 'timeout'] : []) {
    if (!keepAlive.at(field).isSet) keepAlive.fault(`${field} is missing`);
    checkDuration(keepAlive.at(field));
  }
}

function checkOutlierDetection(outlier: View): void {
  checkDuration(outlier.at('interval'));
  checkDuration(outlier.at('baseEjectionTime'));
  checkPercentage(outlier.at('maxEjectionPercent'));
  checkPercentage(outlier.at('minHealthPercent'));
  if (outlier.at('consecutiveLocalOriginFailures').isSet && !outlier.at('splitExternalLocalOriginErrors').isSet) {
    outlier.at('consecutiveLocalOriginFailures').fault('needs splitExternalLocalOriginErrors: true');
  }
}

/** Certificates come from a secret or from files, never from both. */
function checkTls(tls: View): void {
  if (!tls.isSet) return;
  const { text: mode } = tls.at('mode');
  const files = tls.set('clientCertificate', 'privateKey', 'caCertificates', 'caCrl');
  if (tls.at('credentialName').isSet) {
    for (const field of files) tls.at(field).fault(`credentialName and ${field} exclude each other`);
  } else if (mode === 'MUTUAL') {
    for (const field of ['clientCertificate', 'privateKey']) {
      if (!tls.at(field).isSet) tls.fault(`MUTUAL needs ${field} or a credentialName`);
    }
  }
  if (mode === 'ISTIO_MUTUAL') {
    for (const field of tls.set('clientCertificate', 'privateKey', 'caCertificates', 'credentialName')) {
      tls.at(field).fault('ISTIO_MUTUAL has certificates of its own');
    }
  }
  if (!tls.at('insecureSkipVerify').isSet) return;
  // The secret of SIMPLE holds nothing but the authority that would not be asked.
  const idle = mode === 'SIMPLE' ? ['credentialName'] : [];
  for (const field of tls.set('caCertificates', 'subjectAltNames', ...idle)) {
    tls.at(field).fault(`${field} means nothing when insecureSkipVerify is on`);
  }
}

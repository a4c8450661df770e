// Supported parts of TLS contexts and secrets.
import { adsSource, inlineData, stringMatcher } from './common.ts';
import { anything, message } from './shape.ts';

const secretReference = message({ name: anything, sdsConfig: adsSource });

const certificate = message({ certificateChain: inlineData, privateKey: inlineData });

const validation = message({
  trustedCa: message({ inlineString: anything, inlineBytes: anything, filename: anything }),
  systemRootCerts: message({}),
  matchTypedSubjectAltNames: message({ sanType: ['URI', 'DNS'], matcher: stringMatcher }),
});

const versions = ['TLSv1_2', 'TLSv1_3', 'TLS_AUTO'];

/** `h2` alone would be refused below: the list must hold HTTP/1.1 or a protocol of TCP. */
const common = message({
  alpnProtocols: anything,
  tlsParams: message({ tlsMinimumProtocolVersion: versions, tlsMaximumProtocolVersion: versions }),
  tlsCertificates: certificate,
  tlsCertificateSdsSecretConfigs: secretReference,
  validationContext: validation,
  validationContextSdsSecretConfig: secretReference,
  combinedValidationContext: message({
    defaultValidationContext: validation,
    validationContextSdsSecretConfig: secretReference,
  }),
});

export const downstreamTls = message({
  commonTlsContext: common,
  requireClientCertificate: anything,
  requireSni: anything,
  disableStatelessSessionResumption: anything,
  disableStatefulSessionResumption: anything,
});

export const upstreamTls = message({ commonTlsContext: common, sni: anything });

export const secret = message({ name: anything, tlsCertificate: certificate, validationContext: validation });

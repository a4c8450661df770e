// Why a TLS handshake of a proxy failed, in plain words.

/** In BoringSSL's words. A server that speaks no TLS sends what is no TLS record. */
const tlsErrors: readonly (readonly [word: string, text: string])[] = [
  ['WRONG_VERSION_NUMBER', 'it does not speak TLS on that port'],
  ['CERTIFICATE_VERIFY_FAILED', 'its certificate is not one that is trusted and expected here'],
  ['verify SAN list', 'its certificate names none of the identities that are expected'],
  ['verify_SAN_list', 'its certificate names none of the identities that are expected'],
  ['CERTIFICATE_REQUIRED', 'it demands a client certificate, and none was presented'],
  ['ALERT_HANDSHAKE_FAILURE', 'it refused the handshake'],
  ['ALERT_UNKNOWN_CA', 'it does not trust the authority of the certificate that was presented'],
  ['ALERT_BAD_CERTIFICATE', 'it refused the certificate that was presented'],
  ['ALERT_CERTIFICATE_UNKNOWN', 'it refused the certificate that was presented'],
  ['ALERT_CERTIFICATE_EXPIRED', 'the certificate that was presented has expired'],
  ['UNSUPPORTED_PROTOCOL', 'there is no TLS version that both sides speak'],
];

/** The embedded proxy's words are those of Node's TLS. */
const nodeTls = /\b(ERR_TLS\w*|ERR_SSL\w*|EPROTO|certificate|self[- ]signed)\b/i;

/** Of what a proxy says of a connection towards `next`; undefined where it is not about TLS. */
export function tlsFailure(words: string, next: string): string | undefined {
  if (!words.includes('TLS_error') && !/OPENSSL_internal|SSL_routines|verify.SAN/.test(words) && !nodeTls.test(words)) {
    return undefined;
  }
  const shown = words.replace(/^upstream_reset_before_response_started\{|\}$/g, '');
  // The connection itself ended: with TLS 1.3 that is how a server refuses whose handshake is over.
  if (words.includes('system_library')) return `${next} closed the connection, and TLS does not say why (${shown})`;
  const known = tlsErrors.find(([word]) => words.includes(word))?.[1];
  return `the TLS handshake with ${next} failed${known === undefined ? '' : `: ${known}`} (${shown})`;
}

// What Istio's webhook demands of one HTTP route of a VirtualService.
import { STATUS_CODES } from 'node:http';
import { retryWords } from '../../../../model/index.ts';
import { checkDestination, checkDuration, checkPercentage, checkPort, checkRegex, checkWeights } from './common.ts';
import { checkHeaders, isHeaderName } from './headers.ts';
import type { View } from './view.ts';

const actions = ['route', 'redirect', 'directResponse', 'delegate'];
const grpcStatuses = new Set(
  (
    'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED ' +
    'RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED'
  ).split(' '),
);

export function checkHttpRoute(route: View, isDelegate: boolean, isForGateway: boolean): void {
  checkActions(route, isDelegate);
  for (const match of route.at('match').items()) checkMatch(match, isForGateway);
  checkHeaders(route);
  checkWeights(route.at('route'));
  for (const target of route.at('route').items()) {
    if (!target.at('destination').isSet) target.fault('a destination is missing');
    else checkDestination(target.at('destination'));
    checkHeaders(target);
  }
  checkMirrors(route);
  checkFault(route.at('fault'));
  checkRetries(route.at('retries'));
  checkRewrite(route);
  checkCors(route.at('corsPolicy'));
  checkRedirect(route.at('redirect'));
  const status = route.at('directResponse').at('status');
  if (route.at('directResponse').isSet && (status.number < 200 || status.number > 599)) {
    status.fault(`${status.number} is not a status between 200 and 599`);
  }
  checkDuration(route.at('timeout'));
}

function checkActions(route: View, isDelegate: boolean): void {
  const [first, ...others] = route.set(...actions);
  if (first === undefined) route.fault('one of route, redirect and directResponse is needed');
  for (const other of others) route.at(other).fault(`${first} and ${other} cannot be combined`);
  if (isDelegate && route.at('delegate').isSet) route.at('delegate').fault('a delegate cannot delegate');
  if (first === 'redirect' || first === 'directResponse') {
    for (const field of route.set('fault', 'rewrite'))
      route.at(field).fault(`${first} and ${field} cannot be combined`);
  }
}

function checkMatch(match: View, isForGateway: boolean): void {
  if (match.at('port').isSet) checkPort(match.at('port'));
  for (const field of ['headers', 'withoutHeaders']) {
    for (const [name, value] of match.at(field).entries()) {
      const isClaim = name.startsWith('@request.auth.claims');
      if (isClaim && !isForGateway) value.fault('claims can be matched at gateways only');
      if (!isClaim && !isHeaderName(name)) value.fault(`${JSON.stringify(name)} is no header name`);
      // A lone star is no regex: Istio reads it as "present".
      if (value.at('regex').text !== '*') checkStringMatch(value);
    }
  }
  for (const field of ['scheme', 'method', 'authority']) checkStringMatch(match.at(field));
  for (const [, parameter] of match.at('queryParams').entries()) checkStringMatch(parameter);
  checkStringMatch(match.at('uri'), true);
}

/** Envoy refuses empty prefixes of headers, but not of paths. */
function checkStringMatch(match: View, mayPrefixBeEmpty = false): void {
  if (match.at('prefix').value === '' && !mayPrefixBeEmpty) match.at('prefix').fault('a prefix cannot be empty');
  if (match.at('regex').value === '') match.at('regex').fault('a regex cannot be empty');
  if (match.at('regex').isSet) checkRegex(match.at('regex'));
}

function checkMirrors(route: View): void {
  if (route.set('mirror', 'mirrors').length > 1) route.at('mirror').fault('mirror and mirrors cannot be combined');
  if (route.at('mirror').isSet) checkDestination(route.at('mirror'));
  checkPercentage(route.at('mirrorPercent'));
  checkPercentage(route.at('mirrorPercentage').at('value'));
  for (const mirror of route.at('mirrors').items()) {
    checkDestination(mirror.at('destination'));
    checkPercentage(mirror.at('percentage').at('value'));
  }
}

function checkFault(fault: View): void {
  for (const kind of ['delay', 'abort']) checkPercentage(fault.at(kind).at('percentage').at('value'), 0.0001);
  checkDuration(fault.at('delay').at('fixedDelay'));
  const status = fault.at('abort').at('httpStatus');
  // 600 is let through, as Istio does.
  if (status.value !== undefined && (status.number < 200 || status.number > 600)) {
    status.fault(`${status.number} is not a status between 200 and 599`);
  }
  const grpc = fault.at('abort').at('grpcStatus');
  if (grpc.isSet && !grpcStatuses.has(grpc.text)) grpc.fault(`${JSON.stringify(grpc.text)} is no gRPC status`);
}

function checkRetries(retries: View): void {
  const { number: attempts } = retries.at('attempts');
  if (attempts < 0) retries.at('attempts').fault('attempts cannot be negative');
  if (attempts === 0) {
    for (const field of retries.set('perTryTimeout', 'retryOn', 'retryRemoteLocalities')) {
      retries.at(field).fault('attempts is 0, which turns retries off');
    }
  }
  checkDuration(retries.at('perTryTimeout'));
  checkDuration(retries.at('backoff'));
  const { text } = retries.at('retryOn');
  const unknown =
    text === '' ? [] : text.split(',').filter((word) => !retryWords.includes(word) && !STATUS_CODES[word]);
  for (const word of unknown) retries.at('retryOn').fault(`${JSON.stringify(word)} is nothing to retry on`);
}

function checkRewrite(route: View): void {
  const rewrite = route.at('rewrite');
  if (!rewrite.isSet) return;
  const fields = rewrite.set('uri', 'uriRegexRewrite', 'authority');
  if (fields.length === 0) rewrite.fault('a rewrite needs uri, uriRegexRewrite or authority');
  if (fields.includes('uri') && fields.includes('uriRegexRewrite'))
    rewrite.fault('uri and uriRegexRewrite exclude each other');
  const regex = rewrite.at('uriRegexRewrite');
  if (!regex.isSet) return;
  if (regex.set('match', 'rewrite').length < 2) regex.fault('match and rewrite are both needed');
  if (regex.at('match').isSet) checkRegex(regex.at('match'));
}

function checkCors(cors: View): void {
  for (const origin of cors.at('allowOrigins').items()) {
    if (origin.set('exact', 'prefix', 'regex').length === 0) origin.fault('an origin needs exact, prefix or regex');
    if (origin.at('regex').isSet) checkRegex(origin.at('regex'));
  }
  for (const field of ['allowHeaders', 'exposeHeaders']) {
    for (const name of cors.at(field).items()) {
      if (name.text !== '*' && !isHeaderName(name.text)) name.fault(`${JSON.stringify(name.text)} is no header name`);
    }
  }
  checkDuration(cors.at('maxAge'));
}

function checkRedirect(redirect: View): void {
  if (!redirect.isSet) return;
  const fields = redirect.set('uri', 'prefixRewrite', 'authority', 'scheme');
  const hasPort = redirect.at('port').value !== undefined || redirect.at('derivePort').value !== undefined;
  if (fields.length === 0 && !hasPort) redirect.fault('a redirect must change the path, host, scheme or port');
  if (fields.includes('uri') && fields.includes('prefixRewrite'))
    redirect.fault('uri and prefixRewrite exclude each other');
  const code = redirect.at('redirectCode');
  if (code.isSet && (code.number < 300 || code.number > 399)) code.fault(`${code.number} is no redirect`);
  if (fields.includes('scheme') && !/^https?$/.test(redirect.at('scheme').text))
    redirect.at('scheme').fault('must be http or https');
}

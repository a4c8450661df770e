// What was asked for, kept for the access log before routes rewrite it. Headers such as x-envoy-original-path would be the caller's word.
// https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/set_filter_state_filter
import { askedAuthority, askedPath, type FormatText, stateKey } from '../access-log.ts';
import { any } from '../any.ts';
import type { HttpFilterBuilder } from './http-filter.ts';

export const askedFilter: HttpFilterBuilder = {
  name: 'envoy.filters.http.set_filter_state',
  configure: () =>
    any('envoy.extensions.filters.http.set_filter_state.v3.Config', {
      onRequestHeaders: [keep(askedPath), keep(askedAuthority)],
    }),
};

function keep(value: FormatText) {
  return {
    objectKey: stateKey[value],
    factoryKey: 'envoy.string',
    formatString: { textFormatSource: { inlineString: value } },
  };
}

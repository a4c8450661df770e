// envoy.filters.http.set_filter_state: keeps texts about a request, as it is when it passes, for access logs.
// https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/set_filter_state_filter
import { compileFormat } from '../http/format.ts';
import { inlineData } from '../supported/common.ts';
import { anything, message } from '../supported/shape.ts';
import { type SetFilterStateJson, unpack } from '../types.ts';
import type { HttpFilterType } from './filter.ts';

export const setFilterState: HttpFilterType = {
  configType: 'envoy.extensions.filters.http.set_filter_state.v3.Config',
  supports: message({
    onRequestHeaders: message({
      objectKey: anything,
      factoryKey: ['envoy.string'],
      formatString: message({ textFormatSource: inlineData, textFormat: anything, omitEmptyValues: anything }),
      skipIfEmpty: anything,
    }),
  }),
  compile(name, json) {
    const kept = (unpack<SetFilterStateJson>(json).onRequestHeaders ?? []).map(
      ({ objectKey = '', formatString, skipIfEmpty = false }) => {
        const format = formatString?.textFormatSource?.inlineString ?? formatString?.textFormat ?? '';
        const render = compileFormat(format, formatString?.omitEmptyValues ? '' : '-');
        return { objectKey, render, skipIfEmpty };
      },
    );
    return {
      name,
      onRequest: ({ info }) => {
        info.filterState ??= new Map();
        for (const { objectKey, render, skipIfEmpty } of kept) {
          const value = render(info);
          if (value !== '' || !skipIfEmpty) info.filterState.set(objectKey, value);
        }
        return 'continue';
      },
    };
  },
};

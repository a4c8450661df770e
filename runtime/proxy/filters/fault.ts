// envoy.filters.http.fault: a delay, then an abort, each for a share of the requests.
import type { FilterOverride } from './filter-override.ts';
import { allOf, compileHeaderMatcher, type HeadPredicate } from '../http/string-matcher.ts';
import { isDrawn, perMillion } from '../http/weighted-choice.ts';
import { headerMatcher, percent } from '../supported/common.ts';
import { anything, message } from '../supported/shape.ts';
import { durationMs, type HTTPFaultJson, unpack } from '../types.ts';
import { addFlag } from '../http/stream-info.ts';
import type { FilterStep, FilterStream, HttpFilterType, SupportedConfig } from './filter.ts';

interface Fault {
  readonly condition?: HeadPredicate | undefined;
  readonly delay?: { readonly ms: number; readonly perMillion: number } | undefined;
  readonly abort?: { readonly status: number; readonly perMillion: number; readonly body: string } | undefined;
}

function compileFault(json: HTTPFaultJson): Fault {
  const { delay, abort } = json;
  return {
    condition: allOf((json.headers ?? []).map(compileHeaderMatcher)),
    delay: delay && { ms: durationMs(delay.fixedDelay, 0), perMillion: perMillion(delay.percentage, 0) },
    abort: abort && {
      status: abort.httpStatus ?? 0,
      perMillion: perMillion(abort.percentage, 0),
      body: abort.responseBody || 'fault filter abort',
    },
  };
}

function apply(fault: Fault, stream: FilterStream): FilterStep {
  if (fault.condition && !fault.condition(stream.head)) return 'continue';
  const { delay } = fault;
  if (!delay || delay.ms <= 0 || !isDrawn(delay.perMillion, stream.random())) return abort(fault, stream);
  addFlag(stream.info, 'DI');
  stream.after(delay.ms, () => {
    if (abort(fault, stream) === 'continue') stream.resume();
  });
  return 'stop';
}

function abort(fault: Fault, stream: FilterStream): FilterStep {
  if (!fault.abort || !isDrawn(fault.abort.perMillion, stream.random())) return 'continue';
  stream.reply({ status: fault.abort.status, body: fault.abort.body, details: 'fault_filter_abort', flag: 'FI' });
  return 'stop';
}

/** The same message for the whole listener and for a route. */
const config: SupportedConfig = {
  configType: 'envoy.extensions.filters.http.fault.v3.HTTPFault',
  supports: message({
    delay: message({ fixedDelay: anything, percentage: percent }),
    abort: message({ httpStatus: anything, percentage: percent, responseBody: anything }),
    headers: headerMatcher,
  }),
};

export const fault: HttpFilterType = {
  ...config,
  perRoute: { ...config, compile: (json) => compileFault(unpack(json)) },
  compile(name, json) {
    const own = compileFault(unpack(json));
    return {
      name,
      onRequest: (stream, override: FilterOverride | undefined) =>
        apply((override?.config as Fault | undefined) ?? own, stream),
    };
  },
};

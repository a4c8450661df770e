// Access logs to standard output: JSON as Envoy writes it, or a line of text. The sink is a function, so tests can read it.
import { compileFormat, compileTypedFormat } from './http/format.ts';
import { addFlag, type StreamInfo } from './http/stream-info.ts';
import { type AccessLogJson, type StdoutAccessLogJson, type SubstitutionFormatStringJson, unpack } from './types.ts';

export type AccessLogSink = (info: StreamInfo) => void;

/** Envoy's default line. */
const defaultText =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% ' +
  '%BYTES_RECEIVED% %BYTES_SENT% %DURATION% - "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" ' +
  '"%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"';

export function compileAccessLogs(
  json: readonly AccessLogJson[] | undefined,
  log: (line: object) => void,
): readonly AccessLogSink[] {
  return (json ?? []).map(({ typedConfig }) => {
    const format = unpack<StdoutAccessLogJson>(typedConfig).logFormat;
    const render = format?.jsonFormat
      ? compileObject(format.jsonFormat, format.omitEmptyValues ?? false)
      : compileLine(format);
    return (info) => log(render(info));
  });
}

function compileLine(format: SubstitutionFormatStringJson | undefined): (info: StreamInfo) => object {
  const text = compileFormat(format?.textFormatSource?.inlineString ?? format?.textFormat ?? defaultText);
  return (info) => ({ access: text(info).replace(/\n$/, '') });
}

type Render = (info: StreamInfo) => unknown;

function compileObject(json: object, isOmittingEmpty: boolean): (info: StreamInfo) => object {
  const fields = Object.entries(json).map(([key, value]) => [key, compileValue(value, isOmittingEmpty)] as const);
  return (info) => {
    const line: Record<string, unknown> = {};
    for (const [key, render] of fields) {
      const value = render(info);
      if (value !== undefined) line[key] = value;
      else if (!isOmittingEmpty) line[key] = null;
    }
    return line;
  };
}

function compileValue(value: unknown, isOmittingEmpty: boolean): Render {
  if (typeof value === 'string') return compileTypedFormat(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => compileValue(item, isOmittingEmpty));
    return (info) => items.map((render) => render(info) ?? null);
  }
  if (typeof value === 'object' && value !== null) return compileObject(value, isOmittingEmpty);
  return () => value;
}

export { addFlag };

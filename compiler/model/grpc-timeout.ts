// How long a gRPC client waits, as proxies read `grpc-timeout`. The verdict and the embedded proxy share it.
// https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md

const unitsMs: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** At most eight digits, says gRPC; Envoy goes by their value, and takes a sign and blanks about the number (absl::SimpleAtoi). */
const mostUnits = 99_999_999;

/** Undefined for a text that says nothing. */
export function grpcTimeoutMs(text: string): number | undefined {
  const [, sign, digits, unit = ''] = /^[\t-\r ]*([+-]?)(\d+)[\t-\r ]*([HMSmun])$/.exec(text) ?? [];
  const unitMs = unitsMs[unit];
  const units = Number(digits);
  if (digits === undefined || unitMs === undefined || units > mostUnits || (sign === '-' && units > 0))
    return undefined;
  return Math.ceil(units * unitMs);
}

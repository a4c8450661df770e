// Istio's default access log in its text form, as the fields of its JSON form.
// https://istio.io/latest/docs/tasks/observability/logs/access-log/#default-access-log-format

/** Quoted parts that callers write may hold quotes themselves: what follows them is found from the end of the line. */
const shape = new RegExp(
  [
    /\[\d{4}-\d\d-\d\dT[^\]\s]*\]/,
    /"(?<method>[^\s"]+) (?<path>[^\s"]+) (?<protocol>[^\s"]+)"/,
    /(?<response_code>\d{1,3})/,
    /(?<response_flags>\S+)/,
    /(?<response_code_details>\S+)/,
    /(?<connection_termination_details>\S+)/,
    /"(?<upstream_transport_failure_reason>[^"]*)"/,
    // Bytes received and sent, duration, the time that the upstream took.
    /\S+ (?<bytes_sent>\S+) \S+ \S+/,
    // Who the caller says it is, in x-forwarded-for and user-agent.
    /".*"/,
    /"(?<request_id>[^"]*)"/,
    /"(?<authority>[^"]*)"/,
    /"(?<upstream_host>[^"]*)"/,
    /(?<upstream_cluster>\S+)/,
    /(?<upstream_local_address>\S+)/,
    /(?<downstream_local_address>\S+)/,
    /(?<downstream_remote_address>\S+)/,
    /(?<requested_server_name>\S+)/,
    /(?<route_name>\S+)/,
  ]
    .map(({ source }) => source)
    .join(' ')
    .concat('\\s*$'),
);

/** Undefined for any other line. Text before the line, such as the name of a pod, is passed over. */
export function readIstioText(text: string): Readonly<Record<string, string>> | undefined {
  return shape.exec(text)?.groups;
}

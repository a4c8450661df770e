// How proxies answer gRPC requests themselves: with 200, and `grpc-status` says why. The verdict and the embedded proxy share it.
// Envoy: Grpc::Common::hasGrpcContentType, Grpc::Utility::httpToGrpcStatus, Http::Utility::prepareLocalReply.

export const grpcContentType = 'application/grpc';

/** Of a content-type, with values of several joined. Envoy looks at case, and takes neither parameters nor `application/grpc-web`. */
export function isGrpcType(contentType: string): boolean {
  return contentType === grpcContentType || contentType.startsWith(`${grpcContentType}+`);
}

/** UNKNOWN: of what has no row. */
const otherwise = 2;

/** https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md */
const byStatus: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};

/** What stands in `grpc-status` where HTTP would have this status. */
export function grpcStatusOf(status: number): number {
  return byStatus[status] ?? otherwise;
}

/** DEADLINE_EXCEEDED: where the time that the caller gave in `grpc-timeout` has passed. */
export const grpcDeadlineExceeded = 4;

/** What stands in `grpc-message` instead of a body. https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses */
export function grpcMessageOf(body: string): string {
  return [...Buffer.from(body)]
    .map((byte) =>
      byte < 0x20 || byte >= 0x7e || byte === 0x25
        ? `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
        : String.fromCharCode(byte),
    )
    .join('');
}

/** What one client, or all of them together, may take. */
export interface EndpointLimits {
  /** Of a request body as it arrives, and of a gRPC message. */
  readonly maxBodyBytes: number;
  /** Of a compressed body once it is inflated. */
  readonly maxInflatedBytes: number;
  readonly maxHeaderBytes: number;
  readonly maxConnections: number;
  /** Requests being answered; one more is refused with UNAVAILABLE. */
  readonly maxInFlight: number;
  /** A request must have arrived whole within this time. */
  readonly requestTimeoutMs: number;
  readonly headersTimeoutMs: number;
  /** A connection on which nothing happens for so long is ended, also while it is read from too slowly. */
  readonly idleTimeoutMs: number;
  /** How long a model may take to answer, unless the client says less. */
  readonly answerTimeoutMs: number;
}

export const defaultLimits: EndpointLimits = {
  maxBodyBytes: 64 * 2 ** 20,
  maxInflatedBytes: 100 * 2 ** 20,
  maxHeaderBytes: 16 * 2 ** 10,
  maxConnections: 1_024,
  maxInFlight: 512,
  requestTimeoutMs: 30_000,
  headersTimeoutMs: 10_000,
  idleTimeoutMs: 120_000,
  answerTimeoutMs: 30_000,
};

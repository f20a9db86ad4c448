import type { ObserveRequest, RequestRecord } from './request-record';

/** An administrative call: who, what, when, and whether it was let in and done. */
export type AuditEntry = Pick<
  RequestRecord,
  'requestId' | 'entrypoint' | 'api' | 'model' | 'caller' | 'status'
> & { readonly time: string };

/** Tells of every call that needs the scope `admin`, also of those that were refused. */
export const auditOf =
  (write: (entry: AuditEntry) => void): ObserveRequest =>
  ({ scope, requestId, entrypoint, api, model, caller, status, startedAtMs }) => {
    if (scope !== 'admin') return;
    write({ time: new Date(startedAtMs).toISOString(), requestId, entrypoint, api, model, caller, status });
  };

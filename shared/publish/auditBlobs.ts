/** Where the audit chain lives: `audit/{stream}/{yyyy-mm}.jsonl`, and `{yyyy-mm}.002.jsonl` … once one is full. */
export interface AuditBlob {
  readonly name: string;
  readonly stream: string;
  readonly month: string;
  /** 1 for the month's first blob. */
  readonly part: number;
}

const auditPrefix = "audit/";
const pattern = /^audit\/(?<stream>[A-Za-z0-9][A-Za-z0-9._-]*)\/(?<month>\d{4}-\d{2})(?:\.(?<part>\d{3,}))?\.jsonl$/;

export function auditBlob(stream: string, month: string, part: number): AuditBlob {
  const suffix = part === 1 ? "" : `.${String(part).padStart(3, "0")}`;
  return { name: `${streamPrefix(stream)}${month}${suffix}.jsonl`, stream, month, part };
}

/** Prefix of all blobs of one stream, or without a stream of all. */
export function streamPrefix(stream?: string): string {
  return stream === undefined ? auditPrefix : `${auditPrefix}${stream}/`;
}

/** Undefined for a name that no audit blob can have. */
export function parseAuditBlob(name: string): AuditBlob | undefined {
  const groups = pattern.exec(name)?.groups;
  const { stream, month, part } = groups ?? {};
  if (stream === undefined || month === undefined) return undefined;
  const blob = auditBlob(stream, month, part === undefined ? 1 : Number(part));
  return blob.name === name ? blob : undefined;
}

export function byAge(left: AuditBlob, right: AuditBlob): number {
  if (left.month === right.month) return left.part - right.part;
  return left.month < right.month ? -1 : 1;
}

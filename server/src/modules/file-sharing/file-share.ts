import { DomainError } from '../../kernel/errors.ts';

export type FileShareSessionStatus =
  | 'created'
  | 'active'
  | 'completed'
  | 'expired'
  | 'destroyed'
  | 'reported';
export type FileSharePaymentStatus = 'pending' | 'completed' | 'refunded' | 'failed';

/** A file that is shared (workspace-and-portal.md §5.8); amounts are in minor units. */
export interface FileShareSession {
  workspace_id: string;
  id: string;
  created_at: string;
  modified_at: string | null;
  share_id: string | null;
  user_id: null;
  short_slug: string;
  long_slug: string;
  status: FileShareSessionStatus;
  /** 0: without limit. */
  max_downloads: number;
  download_count: number;
  price_cents: number | null;
  currency: string;
  title: string | null;
  file_name: string | null;
  file_size_bytes: number | null;
  ttl_seconds: number | null;
  expires_at: string | null;
  activated_at: string | null;
  completed_at: string | null;
}

/** One download of a shared file. */
export interface FileShareDownload {
  id: string;
  created_at: string;
  modified_at: null;
  session_id: string;
  slot_number: number;
}

/** A payment for a shared file; amounts are in minor units. */
export interface FileSharePayment {
  id: string;
  created_at: string;
  modified_at: string | null;
  session_id: string;
  status: FileSharePaymentStatus;
  amount_cents: number;
  currency: string;
  platform_fee_cents: number;
  stripe_checkout_session_id: string | null;
  stripe_payment_intent_id: string | null;
  buyer_email: string | null;
  buyer_name: string | null;
}

/** Where a session may go from where it is. */
export const SESSION_STEPS: Record<FileShareSessionStatus, readonly FileShareSessionStatus[]> = {
  created: ['active', 'expired', 'destroyed', 'reported'],
  active: ['completed', 'expired', 'destroyed', 'reported'],
  completed: ['destroyed', 'reported'],
  expired: ['destroyed', 'reported'],
  reported: ['destroyed'],
  destroyed: [],
};

/** Where a payment may go from where it is. */
export const PAYMENT_STEPS: Record<FileSharePaymentStatus, readonly FileSharePaymentStatus[]> = {
  pending: ['completed', 'failed'],
  failed: ['pending', 'completed'],
  completed: ['refunded'],
  refunded: [],
};

/** The moment so many seconds after another; null for no limit. */
export const after = (at: string, seconds: number | null): string | null =>
  seconds === null ? null : new Date(Date.parse(at) + seconds * 1000).toISOString();

/** Whether a session's time is up, noticed by the job yet or not. */
export const isOverdue = (s: FileShareSession, at: string): boolean =>
  s.expires_at !== null && s.expires_at <= at;

/** An active session; its time runs from its first activation. */
export function activated(s: FileShareSession, at: string): FileShareSession {
  if (s.activated_at !== null) return { ...s, status: 'active' };
  return {
    ...s,
    status: 'active',
    activated_at: at,
    expires_at: after(at, s.ttl_seconds) ?? s.expires_at,
  };
}

const closed = (why: string) => new DomainError('FileShareSessionClosed', 'conflict', why);

/**
 * The session after one more download: the first activates it, the last that is allowed completes
 * it. Errors: 409 once it is over or its time is up.
 */
export function downloaded(s: FileShareSession, at: string): FileShareSession {
  if (s.status !== 'created' && s.status !== 'active') {
    throw closed(`The session is ${s.status}: there are no more downloads`);
  }
  if (isOverdue(s, at)) throw closed('The session is expired: there are no more downloads');
  const open = activated(s, at);
  const download_count = open.download_count + 1;
  const full = open.max_downloads > 0 && download_count >= open.max_downloads;
  return {
    ...open,
    download_count,
    modified_at: at,
    ...(full ? { status: 'completed', completed_at: at } : {}),
  };
}

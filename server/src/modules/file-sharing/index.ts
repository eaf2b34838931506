export { expireFileShares } from './expire-sessions.ts';
export type { FileShareDownload, FileSharePayment, FileShareSession } from './file-share.ts';
export { changeStatus, createSession } from './manage-sessions.ts';
export { addPayment, changePayment } from './payments.ts';
export { getSession, listDownloads, listPayments, listSessions } from './read-sessions.ts';
export { takeDownload } from './take-download.ts';

export { authenticate, exchangeTicket } from './authenticate.ts';
export { identifySession, type SessionFacts } from './identify-session.ts';
export { type OpenedSession, type OpenSession, openSession } from './open-session.ts';
export { ownSession, type PortalUser, signedInUser, signOut } from './own-session.ts';
export { type CodeRequest, requestCode, SEND_CODES } from './request-code.ts';
export { sendCodes } from './send-codes.ts';
export type { PortalSession } from './session.ts';

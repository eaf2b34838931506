export { authenticate, exchangeTicket } from './authenticate.ts';
export { identifySession, type SessionFacts } from './identify-session.ts';
export { type OpenedSession, type OpenSession, openSession } from './open-session.ts';
export { ownSession, type PortalUser, signedInUser, signOut, subjectOf } from './own-session.ts';
export { type CodeRequest, requestCode, SEND_CODES } from './request-code.ts';
export { returnUrl } from './return-url.ts';
export { sendCodes } from './send-codes.ts';
export type { PortalSession } from './session.ts';
export { keepState, newState, resumeState, stateDead } from './session-state.ts';

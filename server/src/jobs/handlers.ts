import type { Caller } from '../kernel/caller.ts';
import type { App } from '../modules/app.ts';
import { SEND_MAIL, sendMail } from '../modules/mails/index.ts';
import { INVITE, invite } from '../modules/members/index.ts';
import {
  DESCRIBE_PAYER,
  describePayer,
  LOOK_AGAIN,
  lookAgain,
} from '../modules/payment-methods/index.ts';
import { SEND_CODES, sendCodes } from '../modules/portal-sessions/index.ts';
import { CHECK_VAT, checkVat } from '../modules/vat/index.ts';
import { carryOutTopUp, TOP_UP } from '../modules/wallets/index.ts';

/** Does one kind of job, at least once: running it again must have no second effect. */
type Handler = (app: App, caller: Caller, payload: never) => Promise<void>;

/** Every kind of job. */
export const handlers: Record<string, Handler> = {
  [INVITE]: invite,
  [DESCRIBE_PAYER]: describePayer,
  [LOOK_AGAIN]: lookAgain,
  [SEND_CODES]: sendCodes,
  [SEND_MAIL]: sendMail,
  [CHECK_VAT]: checkVat,
  [TOP_UP]: carryOutTopUp,
};

/** Kinds that may wait long for others and come in floods; nobody's login code waits behind them. */
export const slowKinds: readonly string[] = [CHECK_VAT, TOP_UP];

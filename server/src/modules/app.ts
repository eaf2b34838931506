import type { CopyDoor } from '../db/copy.ts';
import type { WorkDoor } from '../db/work.ts';
import type { Keys } from '../kernel/secrets.ts';
import type { Probe } from './doctor/index.ts';
import type { ErasureLog } from './erasure/index.ts';
import type { Platforms } from './linked-accounts/index.ts';
import type { Mailer } from './mails/index.ts';
import type { Payments } from './payment-methods/index.ts';
import type { VatRegister } from './vat/index.ts';

/** What every verb is given: the doors to the database and the installation's own means. */
export interface App {
  work: WorkDoor;
  /** For exports; absent on the embedded engine. */
  copyOut: CopyDoor | undefined;
  keys: Keys;
  erasureLog: ErasureLog;
  publicUrl: string;
  /** Absent where mails are kept instead of sent. */
  mailer: Mailer | undefined;
  /** Whose accounts can be linked. */
  platforms: Platforms;
  /** Who keeps the customers' payment methods. */
  payments: Payments;
  /** Absent where VAT numbers cannot be checked: they wait. */
  vies: VatRegister | undefined;
  /** Looks at the running program from outside, for the doctor. */
  probe: Probe;
}

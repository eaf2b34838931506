import { vatVerify } from '@clientele/contracts/billing/operations/vat.ts';
import { route } from '../../../../../http/route.ts';
import { verifyVat } from '../../../../../modules/billing/index.ts';
import { customerReply } from '../../../wire/customer.ts';

export const post = route(vatVerify, {
  run: (app, caller, { params }) => verifyVat(app, caller, params.id),
  answer: customerReply,
});

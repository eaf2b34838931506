import { vatValidationsList } from '@clientele/contracts/billing/operations/vat.ts';
import { route } from '../../../../../http/route.ts';
import { listVatValidations } from '../../../../../modules/billing/index.ts';
import { pageReply } from '../../../wire/customer.ts';
import { vatValidationWire } from '../../../wire/vat.ts';

export const get = route(vatValidationsList, {
  run: (app, caller, { params, query }) => listVatValidations(app, caller, params.id, query),
  answer: (page) => pageReply(page, vatValidationWire),
});

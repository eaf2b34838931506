import {
  vatOverride,
  vatOverrideClear,
  vatOverridePut,
} from '@clientele/contracts/billing/operations/vat.ts';
import { route } from '../../../../../../http/route.ts';
import { clearVatOverride, overrideVat } from '../../../../../../modules/billing/index.ts';
import { customerReply } from '../../../../wire/customer.ts';

export const post = route(vatOverride, {
  run: (app, caller, { params, body }) => overrideVat(app, caller, params.id, body),
  answer: customerReply,
});

export const put = route(vatOverridePut, {
  run: (app, caller, { params, body }) => overrideVat(app, caller, params.id, body),
  answer: customerReply,
});

export const del = route(vatOverrideClear, {
  run: (app, caller, { params }) => clearVatOverride(app, caller, params.id),
  answer: customerReply,
});

import {
  customersMe,
  customersMeUpdate,
} from '@clientele/contracts/portal/operations/customers.ts';
import { route } from '../../../../http/route.ts';
import { getProfile, updateProfile } from '../../../../modules/profile/index.ts';
import { profileReply } from '../../wire/profile.ts';

export const get = route(customersMe, {
  run: (app, caller) => getProfile(app, caller),
  answer: profileReply,
});

export const patch = route(customersMeUpdate, {
  run: (app, caller, { body }) => updateProfile(app, caller, body),
  answer: profileReply,
});

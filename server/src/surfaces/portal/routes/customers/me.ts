import {
  customersMe,
  customersMeUpdate,
} from '@clientele/contracts/portal/operations/customers.ts';
import { route } from '../../../../http/route.ts';
import { getProfile, updateProfile } from '../../../../modules/profile/index.ts';
import { profileWire } from '../../wire/profile.ts';

export const get = route(customersMe, {
  run: (app, caller) => getProfile(app, caller),
  answer: (profile) => ({ body: profileWire(profile) }),
});

export const patch = route(customersMeUpdate, {
  run: (app, caller, { body }) => updateProfile(app, caller, body),
  answer: (profile) => ({ body: profileWire(profile) }),
});

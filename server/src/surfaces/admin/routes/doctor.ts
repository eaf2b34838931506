import { doctorRun } from '@clientele/contracts/admin/operations/upkeep.ts';
import { route } from '../../../http/route.ts';
export const get = route(doctorRun, {
  run: async () => {
    throw new Error('placeholder');
  },
  answer: () => ({ body: undefined as never }),
});

import { demoCreate } from '@clientele/contracts/admin/operations/workspaces.ts';
import { route } from '../../../http/route.ts';
export const post = route(demoCreate, {
  run: async () => {
    throw new Error('placeholder');
  },
  answer: () => ({ body: undefined as never }),
});

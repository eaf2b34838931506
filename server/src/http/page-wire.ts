import { MAX_PAGE_SIZE, type Page } from '../kernel/page.ts';

/** The `data` and `meta` of a numbered page (§4.1). */
export function pageWire<T, W>(
  page: Page<T>,
  request: { page: number; limit: number },
  wire: (row: T) => W,
) {
  const perPage = Math.min(request.limit, MAX_PAGE_SIZE);
  return {
    data: page.rows.map(wire),
    meta: {
      total: page.total,
      page: request.page,
      per_page: perPage,
      pages: Math.ceil(page.total / perPage),
    },
  };
}

/** A numbered page of a list: `page` counts from 1, `limit` is the page's size. */
export interface PageRequest {
  page: number;
  limit: number;
}

/** Rows of one page with the exact number of rows that match. */
export interface Page<T> {
  rows: T[];
  total: number;
}

/** The largest page any numbered list answers (workspace-and-portal.md §4.1). */
export const MAX_PAGE_SIZE = 100;

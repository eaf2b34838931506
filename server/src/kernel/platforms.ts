/** The platforms whose accounts can be linked, and what people call them. */
export const platformTitles = {
  microsoft: 'Microsoft',
  discord: 'Discord',
  google: 'Google',
  github: 'GitHub',
} as const;

export type PlatformName = keyof typeof platformTitles;

/** The same platforms, as a list. */
export const platformNames = Object.keys(platformTitles) as PlatformName[];

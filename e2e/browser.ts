import type { PlaywrightTestOptions, PlaywrightWorkerOptions } from '@playwright/test';

/** The Chromium of this machine, named in CHROMIUM where it is not Debian's; no browser is downloaded. */
export const browser: Partial<PlaywrightTestOptions & PlaywrightWorkerOptions> = {
  browserName: 'chromium',
  timezoneId: 'Asia/Shanghai',
  locale: 'en-US',
  trace: 'retain-on-failure',
  launchOptions: {
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  },
};

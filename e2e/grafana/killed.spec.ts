import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { expect, test } from '@grafana/plugin-e2e';

import pluginJson from '../../src/plugin.json';

test('a panel answers again after its backend process was killed', async ({
  baseURL,
  page,
  gotoDashboardPage,
}) => {
  const port = new URL(baseURL ?? '').port;
  const [killed, ...others] = process.platform === 'linux' ? backendsOf(port) : [];
  test.skip(!killed, 'a Grafana that was not started here');
  expect(others).toEqual([]);
  const answers = async () => {
    const dashboard = await gotoDashboardPage({ uid: 'aliyuncdn-one-domain' });
    await dashboard.waitForPanelsQueriesToComplete();
    await expect(page.getByLabel('Panel loading bar')).toHaveCount(0);
    await expect(dashboard).not.toHavePanelErrors();
    await expect(page.getByText('No data')).toHaveCount(0);
  };
  await answers();

  process.kill(killed, 'SIGKILL');
  await expect(async () => {
    const again = backendsOf(port);
    expect(again).toHaveLength(1);
    expect(again).not.toContain(killed);
  }).toPass();
  await answers();
});

/** The plugin's processes that a Grafana on this machine has started which serves a port. */
function backendsOf(port: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        return (
          readlinkSync(`/proc/${pid}/exe`).includes(pluginJson.executable) &&
          readFileSync(`/proc/${parent}/environ`, 'utf8').split('\0').includes(`GF_SERVER_HTTP_PORT=${port}`)
        );
      } catch {
        return false; // gone meanwhile, or another user's
      }
    })
    .map(Number);
}

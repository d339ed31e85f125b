import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@grafana/plugin-e2e';

const file = path.resolve(__dirname, '..', '..', 'provisioning', 'alerting', 'origin-flow.yaml');
// Grafana writes $B in an expression; the package's readProvisionedAlertRule takes that for the environment's.
const uids = [...readFileSync(file, 'utf8').matchAll(/^ {6}- uid: (\S+)$/gm)].map(([, uid]) => uid);

test('every provisioned alert rule is evaluated without an error', async ({ request }) => {
  // Grafana takes up to a minute to come to a rule for the first time.
  test.setTimeout(240_000);
  expect(uids.length).toBeGreaterThan(0);
  const provisioned: Rule[] = await (await request.get('/api/v1/provisioning/alert-rules')).json();
  const titles = provisioned.filter(({ uid }) => uids.includes(uid)).map(({ title }) => title);
  expect(titles).toHaveLength(uids.length);
  await expect(async () => {
    const answer = await (await request.get('/api/prometheus/grafana/api/v1/rules')).json();
    const states: State[] = answer.data.groups.flatMap(({ rules }: { rules: State[] }) => rules);
    for (const title of titles) {
      const state = states.find(({ name }) => name === title);
      // Before its first evaluation a rule is called healthy, too.
      expect(Date.parse(state?.lastEvaluation ?? ''), title).toBeGreaterThan(0);
      expect(state?.lastError || state?.health, title).toBe('ok');
    }
  }).toPass({ timeout: 200_000, intervals: [2_000] });
});

/** A rule as the provisioning API names it. */
interface Rule {
  uid: string;
  title: string;
}

/** What became of a rule. */
interface State {
  name: string;
  health: string;
  lastError?: string;
  lastEvaluation: string;
}

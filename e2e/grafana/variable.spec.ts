import { expect, test } from '@grafana/plugin-e2e';

test('a variable has the domains that pass its filters as values', async ({
  page,
  readProvisionedDataSource,
  variableEditPage,
}) => {
  const demo = await readProvisionedDataSource({ fileName: 'demo.yaml' });
  await variableEditPage.setVariableType('Query');
  await variableEditPage.datasource.set(demo.name);
  await variableEditPage.runQuery();
  await expect(variableEditPage).toDisplayPreviews([
    'www.example.com',
    'static.example.com',
    'img.example.com',
  ]);

  const contains = page.getByLabel('Contains');
  await contains.fill('.example.net');
  await contains.press('Tab');
  await variableEditPage.runQuery();
  await expect(variableEditPage).toDisplayPreviews([
    'cdn.example.net',
    'live.example.net',
    'beta.example.net',
  ]);
});

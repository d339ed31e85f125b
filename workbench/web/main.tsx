import './boot';
import 'uplot/dist/uPlot.min.css';

import React from 'react';
import { createRoot } from 'react-dom/client';

import { App } from './App';
import { startLanguage } from './language';
import { loadBench } from './plugin';
import { readState } from './urlState';

async function start() {
  const root = createRoot(document.getElementById('root')!);
  try {
    const initial = readState(window.location.search);
    await startLanguage(initial.lang);
    const bench = await loadBench(() => readState(window.location.search).variables);
    root.render(<App bench={bench} initial={initial} />);
  } catch (error) {
    console.error(error);
    root.render(<p role="alert">The plugin could not be loaded: {String(error)}</p>);
  }
}

void start();

// SPDX-License-Identifier: Apache-2.0
// Tests of settings: what is taken from storage and server, and how times follow them.
import { afterEach, describe, expect, it } from 'vitest';
import { formatDate, formatDayTime, formatTime } from '../src/lib/format';
import { config } from '../src/lib/session';
import { changeSettings, chosenSettings, resetSettings, settings, soundSettings } from '../src/lib/settings';

afterEach(() => {
  resetSettings();
  config.value = { ...config.peek(), ui_default_config: {} };
});

describe('settings', () => {
  it('are taken only where they make sense', () => {
    const given = { theme: 'dark', density: 'huge', timeZone: 'UTC', clock: 12, watched: ['a', 3], other: 1 };
    expect(soundSettings(given)).toEqual({ theme: 'dark', timeZone: 'UTC' });
    expect([soundSettings(null), soundSettings('x'), soundSettings({ watched: ['a'] })]).toEqual([{}, {}, { watched: ['a'] }]);
  });

  it('are as the server says until somebody chooses', () => {
    config.value = { ...config.peek(), ui_default_config: { 'Slipway.theme': 'dark', 'Slipway.clock': '24', 'Slipway.density': 7 } };
    expect([settings.value.theme, settings.value.clock, settings.value.density]).toEqual(['dark', '24', 'comfortable']);
    changeSettings({ theme: 'light' });
    expect([settings.value.theme, chosenSettings.value]).toEqual(['light', { theme: 'light' }]);
    resetSettings();
    expect(settings.value.theme).toBe('dark');
  });
});

describe('times', () => {
  const at = Date.UTC(2026, 10, 24, 15, 4, 5) / 1000;

  it('are of the chosen zone and clock', () => {
    changeSettings({ timeZone: 'UTC', clock: '24' });
    expect(formatDate(at)).toMatch(/24 Nov 2026.*15:04:05.*UTC|Nov 24, 2026.*15:04:05.*UTC/);
    changeSettings({ timeZone: 'Asia/Shanghai' });
    expect([formatTime(at), formatDayTime(at)]).toEqual(['23:04:05', expect.stringContaining('23:04')]);
    changeSettings({ clock: '12' });
    expect(formatTime(at)).toMatch(/11:04:05\s?pm/i);
  });

  it('are the machine’s in a zone that is not known', () => {
    changeSettings({ timeZone: 'Mars/Olympus' });
    expect(formatTime(at)).toMatch(/\d\d:\d\d:\d\d|:04:05/);
  });
});

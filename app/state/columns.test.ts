import { expect, it } from 'vitest';
import { fieldsOf, formatOf, isField, layoutOf, layoutOfFormat, presets, usualLayouts } from './columns';
import type { Unit } from './model';

const units: readonly Unit[] = ['calls', 'events'];

it('a column set is a format, and the format that column set', () => {
  for (const unit of units) {
    for (const { ids } of presets) {
      const layout = ids === undefined ? usualLayouts[unit].wide : layoutOf(unit, ids[unit]);
      // Columns that no field of sysdig says the same as are left out of the format.
      const shown = layout.order.filter((id) => !layout.hidden.includes(id) && id !== 'asked' && id !== 'exit');
      expect(layoutOfFormat(unit, formatOf(layout))).toEqual(layoutOf(unit, shown));
    }
  }
});

it('the usual columns of events are the line of sysdig', () => {
  expect(formatOf(usualLayouts.events.wide)).toBe(
    '*%evt.num %evt.outputtime %evt.cpu %proc.name (%thread.tid) %evt.dir %evt.type %evt.info',
  );
});

it('the fields of any format become columns', () => {
  const layout = layoutOfFormat('events', '%evt.num %20proc.name, res=%evt.arg.res; %proc.aname[2] %fd.name.');
  expect(layout.order.slice(0, 5)).toEqual(['num', 'process', 'evt.arg.res', 'proc.aname[2]', 'fdname']);
  expect(fieldsOf(layout)).toEqual(['evt.arg.res', 'proc.aname[2]']);
});

it('what is no field is none', () => {
  expect(['fd.name', 'evt.arg[0]', 'thread.cgroup.cpu'].every(isField)).toBe(true);
  expect(['num', 'fd', 'a..b', 'fd.name x', 'evt.arg[a,b]', '<b>.x', `a.${'b'.repeat(200)}`].some(isField)).toBe(false);
});

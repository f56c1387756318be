import { expect, it } from 'vitest';
import { sourcePathProblem } from './source-path.ts';

it.each(['id', 'manager.id', 'assignedLicenses[].skuId', '@odata.type', 'manager@odata.type', 'a.@odata.type', 'a.b@x.y', 'ä ö'])(
  '%s can be read',
  (path) => {
    expect(sourcePathProblem(path)).toBeNull();
  },
);

it.each(['[]', '', '.', 'a.', '.a', 'a..b', '[].id', 'a.[]', 'a\0b', '.@odata.type'])(
  'at %j there is nothing to read',
  (path) => {
    expect(sourcePathProblem(path)).not.toBeNull();
  },
);

import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import type { LakeStore } from '#lib/targets/lake/lake-store.ts';

/** Guarantees of every store of a lake (`<kind>/store-contract.test.ts`). @param create an empty store, which is deleted when the test ends. */
export function describeStoreContract(name: string, create: () => Promise<LakeStore>): void {
  describe(`the store contract: ${name}`, () => {
    test('what was put is got, the last content of a name', async () => {
      const store = await create();
      expect(await store.get('latest')).toBeNull();
      await store.put('latest', 'one\n');
      await store.put('latest', 'zwei ü 日本 🌿');
      await store.put('v=1/_SUCCESS', '');
      expect([await store.get('latest'), await store.get('v=1/_SUCCESS')]).toEqual(['zwei ü 日本 🌿', '']);
    });

    test('who reads a text while it is put anew gets one content or the other', async () => {
      const store = await create();
      const contents = ['a', 'b'].map((letter) => letter.repeat(200_000));
      await store.put('latest', contents[0] ?? '');
      const writing = (async () => {
        for (let round = 0; round < 20; round++) await store.put('latest', contents[round % 2] ?? '');
      })();
      for (let round = 0; round < 20; round++) expect(contents.includes((await store.get('latest')) ?? '')).toBe(true);
      await writing;
    });

    test('a name is taken by one of several writers at once, and stays as it was', async () => {
      const store = await create();
      const taken = await Promise.all(Array.from({ length: 8 }, (_, index) => store.putIfAbsent('log/1.json', `${index}`)));
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect(await store.get('log/1.json')).toBe(`${taken.indexOf(true)}`);
      expect(await store.putIfAbsent('log/1.json', 'later')).toBe(false);
      expect(await store.get('log/1.json')).toBe(`${taken.indexOf(true)}`);
    });

    test('a file is uploaded whole, with its size and digest, and stands without the file that it came from', async () => {
      const store = await create();
      const [from, to] = [join(temporaryFolder(), 'part.parquet'), temporaryFolder()];
      const content = randomBytes(17 * 2 ** 20 + 7);
      writeFileSync(from, content);
      const sha256 = createHash('sha256').update(content).digest('hex');
      expect(await store.upload(from, 'v=1/part-00000.parquet')).toEqual({ bytes: content.byteLength, sha256 });
      rmSync(from);
      const path = await store.download('v=1/part-00000.parquet', to);
      expect(readFileSync(path).equals(content)).toBe(true);
    });

    test('an empty file, and a file in place of another, can be uploaded', async () => {
      const store = await create();
      const from = join(temporaryFolder(), 'empty');
      writeFileSync(from, '');
      expect(await store.upload(from, 'v=1/part')).toMatchObject({ bytes: 0 });
      const other = join(temporaryFolder(), 'other');
      writeFileSync(other, 'x');
      appendFileSync(other, 'y');
      expect(await store.upload(other, 'v=1/part')).toMatchObject({ bytes: 2 });
      expect(await store.get('v=1/part')).toBe('xy');
    });

    test('names are listed by their beginning, in order, and nothing else is', async () => {
      const store = await create();
      expect(await store.list('')).toEqual([]);
      for (const name of ['v=2/part', 'latest', 'v=1/part', 'v=1/manifest.json', 'v=10/part']) await store.put(name, name);
      expect(await store.list('')).toEqual(['latest', 'v=1/manifest.json', 'v=1/part', 'v=10/part', 'v=2/part']);
      expect(await store.list('v=1')).toEqual(['v=1/manifest.json', 'v=1/part', 'v=10/part']);
      expect(await store.list('v=1/')).toEqual(['v=1/manifest.json', 'v=1/part']);
      expect(await store.list('nothing')).toEqual([]);
    });

    test('what is deleted is gone with all below it, and only that; deleting again does nothing', async () => {
      const store = await create();
      for (const name of ['v=1/part', 'v=1/deep/part', 'v=10/part', 'latest']) await store.put(name, name);
      for (let round = 0; round < 2; round++) {
        await store.delete('v=1');
        await store.delete('latest');
        expect(await store.list('')).toEqual(['v=10/part']);
      }
    });
  });
}

// Step 7: a branch that opens an access by accident, as its review shows it.
import { expect, fairlead, git } from '../stage.ts';
import type { Step } from './index.ts';

export const review: Step = {
  title: 'Review: a tidy-up that also lets inventory read and delete shoes',
  play: async (shop) => {
    await git(['checkout', '--quiet', '-b', 'tidy-up'], shop.clone);
    shop.edit(
      'intent/catalogue/shoes.yaml',
      '- { from: [{ service: inventory }], methods: [POST] }',
      '- { from: [{ service: inventory }] }',
    );
    await git(['commit', '--quiet', '--all', '-m', 'shoes: tidy up'], shop.clone);
    const { code, stdout } = await fairlead(['review', '--base', 'main', '--head', 'tidy-up', '.'], shop.clone);
    expect(code === 0, 'the review to be made');
    expect(/access gained/i.test(stdout), 'the review to say that access is gained');
    expect(/GET http:\/\/shoes/.test(stdout), 'a witness request to shoes');
    expect(/intent\/catalogue\/shoes\.yaml:\d+/.test(stdout), 'the line that opened it');
    await git(['checkout', '--quiet', 'main'], shop.clone);
  },
};

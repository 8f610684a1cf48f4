import { describe, expect, test } from 'vitest';
import { escapeHtml, markup } from '../../reports/page/markup.ts';

describe('markup', () => {
  test('escapes what is put in, in text and in quoted attributes', () => {
    const name = `<img src=x onerror="alert('&')">`;
    expect(escapeHtml(name)).toBe('&lt;img src=x onerror=&quot;alert(&#39;&amp;&#39;)&quot;&gt;');
    expect(markup`<p title="${name}">${name}</p>`.source).toBe(
      `<p title="${escapeHtml(name)}">${escapeHtml(name)}</p>`,
    );
  });

  test('puts markup and lists of it in as they are, and null as nothing', () => {
    const items = ['a<b', 'c'].map((item) => markup`<li>${item}</li>`);
    expect(markup`<ul>${items}${null}${3}</ul>`.source).toBe('<ul><li>a&lt;b</li><li>c</li>3</ul>');
  });

  test('does not read backslashes or dollar signs in contents', () => {
    expect(markup`<p>${'C:\\new $& $1'}</p>`.source).toBe('<p>C:\\new $&amp; $1</p>');
  });
});

// The catalogue's sentences for scripts (templates/partials/words.html), in the language of the page.

export const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");
export const language = document.documentElement.lang || "ru";

export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// «2 новых» of the catalogue's «{count} новая|{count} новых|{count} новых» (one|few|many; English: one|many).
export function plural(forms, count, values = {}) {
  const variants = forms.split("|");
  const rule = new Intl.PluralRules(language).select(count);
  const at = { one: 0, few: 1 }[rule] ?? variants.length - 1;
  return fill(variants[Math.min(at, variants.length - 1)], { count, ...values });
}

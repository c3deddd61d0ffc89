// The few tags that a text of the bot may have, as elements; all else in it is text. Nothing is parsed by the browser.

const SHOWN = new Set(["b", "strong", "i", "em", "u", "s", "code"]);
const TOKEN = /<(\/?)(b|strong|i|em|u|ins|s|strike|del|code|pre|a|blockquote|tg-spoiler|span|br)(\s[^<>]*)?>|&(lt|gt|amp|quot|#\d{1,7}|#x[\da-f]{1,6});/gi;
const HREF = /\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i;
const SIGNS = { lt: "<", gt: ">", amp: "&", quot: '"' };
const SCHEMES = ["http:", "https:", "mailto:", "tel:", "tg:"];

// The address of a link that leads nowhere dangerous, else null.
export function safe(address) {
  const whole = /^[a-z][a-z\d+.-]*:/i.test(address) ? address : `https://${address}`;
  return URL.canParse(whole) && SCHEMES.includes(new URL(whole).protocol) ? whole : null;
}

export function outside(href) {
  const link = document.createElement("a");
  link.href = href;
  link.target = "_blank";
  link.rel = "noopener noreferrer nofollow";
  return link;
}

function sign(name) {
  if (!name.startsWith("#")) return SIGNS[name.toLowerCase()];
  const code = Number(name[1].toLowerCase() === "x" ? `0${name.slice(1)}` : name.slice(1));
  return code <= 0x10ffff ? String.fromCodePoint(code) : "";
}

const decoded = (text) => text.replace(TOKEN, (all, _end, _tag, _rest, name) => (name ? sign(name) : all));

function made(tag, attributes = "") {
  if (SHOWN.has(tag)) return document.createElement(tag);
  const [, ...values] = (tag === "a" && HREF.exec(attributes)) || [];
  const href = safe(decoded(values.find((value) => value !== undefined) ?? ":"));
  return href ? outside(href) : document.createElement("span");
}

export function rich(html) {
  const whole = document.createElement("span");
  const open = [{ tag: "", element: whole }];
  let place = 0;
  for (const found of html.matchAll(TOKEN)) {
    const [token, end, name = "", attributes, entity] = found;
    const tag = name.toLowerCase();
    const { element } = open.at(-1);
    element.append(html.slice(place, found.index));
    place = found.index + token.length;
    if (entity) element.append(sign(entity));
    else if (tag === "br") element.append("\n");
    else if (!end) {
      open.push({ tag, element: made(tag, attributes) });
      element.append(open.at(-1).element);
    } else if (open.at(-1).tag === tag) open.pop();
    else element.append(token);
  }
  open.at(-1).element.append(html.slice(place));
  return whole;
}

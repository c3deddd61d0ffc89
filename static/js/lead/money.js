// Amounts as people write them: «125000», «125 000», «125т.р.», «125 тыс», «1,2 млн», «1 999,50».

const TIMES = [
  [/^(?:млн|миллион\p{L}*|лям\p{L}*|m|кк)$/iu, 1_000_000],
  [/^(?:т|тр|т\.?р|тыс|тысяч\p{L}*|k|к)$/iu, 1_000],
  [/^(?:р|руб|рубл\p{L}*|₽|\$|€|₸|usd|eur|rub|kzt|тенге|долл\p{L}*|евро)?$/iu, 1],
];

// The amount as «125000.00» (text, so that nothing is rounded by floats), or null when it cannot be understood.
export function parseMoney(text) {
  const found = /^\s*([\d\s\u00a0\u202f']*\d)(?:([.,])(\d+))?\s*(\p{L}[\p{L}.]*|[₽$€₸])?\s*([₽$€₸]|\p{L}[\p{L}.]*)?\s*$/u.exec(text);
  if (!found) return null;
  const [, whole, mark, rest = "", unit = "", sign = ""] = found;
  const digits = whole.replace(/\D/g, "");
  const times = TIMES.find(([pattern]) => pattern.test(unit.replace(/\.$/, "").replace(/^т\.р$/i, "тр")))?.[1];
  if (!times || (sign && !TIMES[2][0].test(sign.replace(/\.$/, "")))) return null;
  const grouped = mark && times === 1 && rest.length === 3; // «125.000» and «125,000» are thousands
  const value = grouped ? Number(digits + rest) : Number(`${digits}.${rest || 0}`) * times;
  if (!Number.isFinite(value) || value > 1e9) return null;
  return value.toFixed(2);
}

const SIGNS = { RUB: "₽", USD: "$", EUR: "€", KZT: "₸" };

// «318 000 ₽», with no-break spaces; kopecks only when there are any.
export function money({ amount, currency }) {
  const value = Number(amount);
  const digits = Number.isInteger(value) ? 0 : 2;
  const figure = value.toLocaleString(document.documentElement.lang || "ru", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${figure.replace(/\s/g, "\u00a0")}\u00a0${SIGNS[currency] ?? currency}`;
}

// What stands in a field that one edits: «318 000».
export const plainAmount = (amount) => (amount == null || amount === "" ? "" : Number(amount).toLocaleString("ru", { maximumFractionDigits: 2 }).replace(/\s/g, " "));

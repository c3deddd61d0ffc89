// The sentences of a lead (templates/partials/lead_words.html), and what a refusal means for the person.

import { fill, language, words } from "../words.js";

export const says = JSON.parse(document.getElementById("lead-words")?.textContent ?? "{}");

const MEANINGS = { 403: "mayNot", 404: "isGone", 409: "overtaken", 413: "tooLarge", 422: "notAccepted", 429: "tooOften", 500: "broken" };

// In the person's language: the server's own words where it has them in this language, else what the status means.
export function why(problem) {
  const told = problem.body?.errors?.[0]?.message ?? problem.body?.detail;
  if (told && (language !== "ru" || /[а-яё]/i.test(told))) return told;
  if (problem.status === undefined) return words.unreachable; // a script that could not be loaded
  if (!(problem.status in MEANINGS)) return problem.message;
  return fill(says[MEANINGS[problem.status]], { number: problem.body?.request_id ?? "" });
}

// «+7 900 220-23-67», as the pages write it; numbers of other countries as they are kept.
export const phone = (number) => number?.replace(/^\+7(\d{3})(\d{3})(\d{2})(\d{2})$/, "+7\u00a0$1\u00a0$2-$3-$4");

// A sentence behind a colon: «Сервер …» begins small, «ИИ …» stays.
export const inside = (sentence) => (/^\p{Lu}{2}/u.test(sentence) ? sentence : sentence.charAt(0).toLocaleLowerCase() + sentence.slice(1));

// «Павел изменил», «Анна изменила»: by the ending of a Russian name; without a guess the sentence names nobody.
const MEN_IN_A = /^(Илья|Никита|Данила|Кузьма|Лука|Фома|Савва|Гаврила|Добрыня)$/i;
const EITHER = /^(Саша|Женя|Валя|Слава|Шура|Паша|Миша)$/i;

export function gender(name) {
  const parts = (name ?? "").split(/\s+/).filter((word) => word.length > 2);
  if (!parts.length || parts.some((word) => !/^[а-яё-]+\.?$/i.test(word) || EITHER.test(word))) return null;
  if (parts.some((word) => MEN_IN_A.test(word))) return "m";
  return parts.every((word) => /[ая]$/i.test(word)) ? "f" : "m";
}

// The time of a message, as phones show it.

import { zone } from "../lead/office.js";
import { language } from "../words.js";

const FIELDS = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

export const clock = (moment) => new Date(moment).toLocaleTimeString(language, { ...FIELDS, timeZone: zone() });

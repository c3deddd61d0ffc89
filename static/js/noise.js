// The three sounds that call for attention: notes of [Hz, seconds after the first], how they swing, how long they ring.

const SOUNDS = {
  chime: { wave: "sine", ring: 0.3, notes: [[660, 0], [880, 0.12]] },
  drop: { wave: "sine", ring: 0.22, notes: [[1046, 0], [784, 0.09], [587, 0.18]] },
  knock: { wave: "triangle", ring: 0.12, notes: [[330, 0], [330, 0.16]] },
};
const VOLUME = { quiet: 0.05, normal: 0.15, loud: 0.45 };
const SOFTER = 1 / 3;

// `name`, `volume`: as chosen in my settings. `soft`: for what does not press.
export function play(audio, { name, volume }, soft = false) {
  const { wave, ring, notes } = SOUNDS[name];
  const peak = VOLUME[volume] * (soft ? SOFTER : 1);
  for (const [pitch, after] of notes) {
    const voice = audio.createOscillator();
    const loud = audio.createGain();
    const from = audio.currentTime + after;
    voice.type = wave;
    voice.frequency.value = pitch;
    loud.gain.setValueAtTime(0, from);
    loud.gain.linearRampToValueAtTime(peak, from + 0.02);
    loud.gain.exponentialRampToValueAtTime(0.001, from + ring);
    voice.connect(loud).connect(audio.destination);
    voice.start(from);
    voice.stop(from + ring + 0.02);
  }
}

// Whether a moment lies in the quiet hours «22:00 08:00», which may go over midnight; none are an empty text.
export function isQuiet(hours, moment = new Date()) {
  if (!hours) return false;
  const [from, until] = hours.split(" ");
  const now = `${String(moment.getHours()).padStart(2, "0")}:${String(moment.getMinutes()).padStart(2, "0")}`;
  return from <= until ? from <= now && now < until : from <= now || now < until;
}

// The tags in the head: as many as fit in one line, then «+3». Where there is room for none, they get a line of their own.

const BELOW = "head-tags-below";

function fit(place) {
  place.classList.remove(BELOW);
  if (shorten(place)) return;
  place.classList.add(BELOW);
  shorten(place);
}

// Answers whether a tag is to be seen.
function shorten(place) {
  const chips = [...place.querySelectorAll(".chip:not([data-more])")];
  const more = place.querySelector("[data-more]");
  const over = () => place.scrollWidth > place.clientWidth;
  for (const chip of chips) chip.hidden = false;
  more.hidden = true;
  const left = [];
  while (over() && left.length < chips.length) {
    const chip = chips[chips.length - left.length - 1];
    chip.hidden = true;
    left.unshift(chip.textContent);
    more.textContent = `+${left.length}`;
    more.title = left.join(", ");
    more.hidden = false;
  }
  return left.length < chips.length;
}

export function attachTags(root) {
  const watch = new ResizeObserver((seen) => seen.forEach(({ target }) => fit(target)));
  const look = () => {
    watch.disconnect();
    const place = root.querySelector(".head-tags");
    if (place) watch.observe(place); // tells at once, too
  };
  root.addEventListener("lead-fresh", look);
  look();
}

// The open tab of a row that is wider than the screen is in sight.

const here = document.querySelector('.settings-tabs [aria-current="page"]');
const row = here?.parentElement;
if (row) row.scrollLeft = here.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;

// To a lead from anywhere in the frame: in the drawer where the page has one.

// True when the page shows the lead itself; else the caller goes to another page.
export function showLead(id) {
  if (!document.getElementById("drawer")) return false;
  const here = new URL(location);
  here.searchParams.set("lead", id);
  history.pushState({ drawer: true }, "", here);
  dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
  return true;
}

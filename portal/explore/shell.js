(() => {
  // The page's language stands in its address, and Streamlit changes that without loading the page again.
  const speak = () => {
    const asked = new URLSearchParams(location.search).get("lang");
    document.documentElement.lang = LANGUAGES.includes(asked) ? asked : LANGUAGES[0];
  };
  for (const name of ["pushState", "replaceState"]) {
    const change = history[name];
    history[name] = function (...told) { const result = change.apply(this, told); speak(); return result; };
  }
  addEventListener("popstate", speak);
  // Streamlit opens every link in a new tab; one to our own pages stays in this one, as its reader expects.
  addEventListener("click", (event) => {
    const link = event.target.closest("a[target=_blank]");
    if (link && link.origin === location.origin) link.removeAttribute("target");
  }, true);
  // What Streamlit and Vega leave without a name or out of the keyboard's reach, mended whenever they draw.
  const mend = () => {
    // On phones the menu has sections between its list and its items, which is no list to a screen reader: without the roles it is groups of links.
    const sections = "[data-testid=stSidebarNavItems]:has(> div)";
    for (const each of document.querySelectorAll(`${sections}, ${sections} li`)) each.setAttribute("role", "none");
    // A group of no marks is announced as a symbol without a name.
    for (const each of document.querySelectorAll("g[role=graphics-symbol]:empty")) each.removeAttribute("role");
    // What scrolls sideways is reached by keyboard.
    for (const each of document.querySelectorAll("[data-testid=stMarkdownContainer]:has(> table), [data-testid=stCode] > pre"))
      each.scrollWidth > each.clientWidth ? each.setAttribute("tabindex", "0") : each.removeAttribute("tabindex");
  };
  new MutationObserver(() => requestAnimationFrame(mend)).observe(document, { childList: true, subtree: true });
  addEventListener("resize", mend);
})();

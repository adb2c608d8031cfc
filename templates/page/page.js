// Keeps an open page true: everything it shows is there without it. Sentences come from the page, in its language.
"use strict";
(() => {
  const root = document.documentElement;
  const live = document.getElementById("live");
  root.classList.add("js");
  if (!live) return;

  const { path } = live.dataset;
  const note = document.getElementById("offline");
  const touched = new WeakSet(); // forms somebody writes in
  const MINUTE = 60000;
  let version = Number(live.dataset.version); // what the page shows
  let wanted = version; // what the stream told of
  let knownAt = Number(root.dataset.stored) || Date.now();
  let failures = 0;
  let listensAgainAt = 0;
  let isAsking = false;
  let source, timer;

  // ---- the page swaps what has changed and leaves the rest where it is

  const keyOf = (node) => {
    if (node.nodeType !== 1) return "";
    if (node.id || node.dataset.key) return node.id || node.dataset.key;
    if (node.matches("li")) return node.querySelector("time")?.dateTime || "";
    if (node.matches("details")) return node.querySelector("summary").textContent;
    return node.matches("section, form, figure") ? node.getAttribute("aria-labelledby") || node.classList[0] : "";
  };

  function matchFor(fresh, at) {
    const key = keyOf(fresh);
    for (let node = at; node; node = node.nextSibling) if (node.nodeName === fresh.nodeName && keyOf(node) === key) return node;
    return null;
  }

  function morph(old, fresh) {
    if (old.nodeType !== 1) {
      if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
      return;
    }
    if (old.isEqualNode(fresh) || "keep" in old.dataset || touched.has(old)) return;
    for (const { name, value } of fresh.attributes) {
      if (name !== "open" && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    for (const { name } of [...old.attributes]) if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
    let at = old.firstChild;
    for (const child of [...fresh.childNodes]) {
      const match = matchFor(child, at);
      if (!match) old.insertBefore(document.importNode(child, true), at);
      else {
        if (match === at) at = at.nextSibling;
        else old.insertBefore(match, at);
        morph(match, child);
      }
    }
    while (at) {
      const next = at.nextSibling;
      at.remove();
      at = next;
    }
  }

  function inPlace(change) {
    const focus = document.activeElement?.closest("main *");
    const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest("main :is(li, details, section, p)");
    const topOf = (one) => one.getBoundingClientRect().top;
    const seen = window.scrollY > 8 && (focus && topOf(focus) > 0 && topOf(focus) < innerHeight ? focus : middle);
    const top = seen && topOf(seen);
    root.style.overflowAnchor = "none"; // Safari has no anchoring; ours is the same everywhere
    change();
    if (seen && seen.isConnected) window.scrollBy({ top: topOf(seen) - top, behavior: "instant" });
    requestAnimationFrame(() => root.style.removeProperty("overflow-anchor"));
  }

  const textOf = (selector) => document.querySelector(selector)?.textContent.replace(/\s+/g, " ").trim() || "";
  const heard = () => [textOf("main h1"), textOf("main .story")];
  const filesOf = (page) => [...page.querySelectorAll("link[rel=stylesheet], script[src]")].map((one) => one.getAttribute("href") || one.getAttribute("src"));

  function show(page) {
    const before = heard();
    inPlace(() => morph(document.querySelector("main"), page.querySelector("main")));
    document.title = page.title;
    live.textContent = heard().filter((said, n) => said !== before[n]).join(" ") || live.textContent;
  }

  // ---- asking: at once when the stream says so, else once a minute while somebody looks

  async function refresh() {
    const signal = window.AbortSignal?.timeout?.(20000); // ms; a connection that hangs must not end the asking
    const answer = await fetch(path + location.search, { cache: "no-cache", credentials: "same-origin", signal });
    if (answer.status === 404 || answer.status === 410) return location.reload();
    if (!answer.ok) throw new Error("not now");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const shown = page.getElementById("live");
    if (!shown) throw new Error("another page");
    if (filesOf(page).join() !== filesOf(document).join() && !document.querySelector("main :focus")) return location.reload();
    version = Number(shown.dataset.version);
    show(page);
    knownAt = Date.now();
  }

  async function ask() {
    if (isAsking || document.hidden) return;
    isAsking = true;
    try {
      await refresh();
      failures = 0;
    } catch {
      failures += 1;
    }
    isAsking = false;
    sayAge();
    listen();
    const behind = !failures && version < wanted; // another server had not heard of it yet
    plan(behind ? 1500 : Math.min(2 ** failures, 16) * MINUTE + Math.random() * MINUTE / 4);
  }

  function plan(wait) {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, wait);
  }

  function listen() {
    if (source || document.hidden || failures || !window.EventSource || Date.now() < listensAgainAt) return;
    source = new EventSource(`${path}/live?v=${version}`);
    source.addEventListener("changed", (event) => {
      wanted = Number(event.data);
      plan(Math.random() * 600); // thousands hear it in the same moment
    });
    source.onerror = () => {
      if (source?.readyState !== 2) return; // it comes back by itself
      source = null;
      listensAgainAt = Date.now() + 5 * MINUTE; // all places are taken: the minute must do
    };
  }

  function rest() {
    source?.close();
    source = null;
    clearTimeout(timer);
  }

  // ---- without a connection: how old this is

  function sayAge() {
    note.hidden = !failures && !root.dataset.stored;
    if (!failures) delete root.dataset.stored;
    if (note.hidden || !failures) return void (note.hidden = true);
    const minutes = Math.floor((Date.now() - knownAt) / MINUTE);
    const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(knownAt).setHours(0, 0, 0, 0)) / 1440 / MINUTE);
    const [count, unit] = days && minutes > 720 ? [days, "day"] : minutes > 59 ? [Math.floor(minutes / 60), "hour"] : [minutes, "minute"];
    const time = new Intl.DateTimeFormat(root.lang, { timeStyle: "short" });
    const ago = new Intl.RelativeTimeFormat(root.lang, { numeric: "auto" });
    const said = note.dataset.words
      .replace("{time}", time.format(knownAt))
      .replace("{ago}", ago.format(-count, unit));
    if (note.textContent !== said) note.textContent = said;
  }

  function keep() {
    navigator.serviceWorker
      ?.register("/sw.js", { scope: "/t/" })
      .then(() => navigator.serviceWorker.ready)
      .then((ready) => ready.active.postMessage({ keep: [path + location.search, ...filesOf(document)] }))
      .catch(() => {});
  }

  // ---- buttons

  const deeds = {
    print: () => window.print(),
    async share(button) {
      const url = location.origin + path;
      if (navigator.share) return navigator.share({ title: document.title, url });
      await navigator.clipboard.writeText(url);
      live.textContent = button.textContent = button.dataset.done;
    },
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button[data-do]");
    try {
      if (button) await deeds[button.dataset.do](button);
    } catch {
      // the reader changed their mind, or the browser said no
    }
  });
  document.addEventListener("input", (event) => event.target.form && touched.add(event.target.form));
  for (const button of document.querySelectorAll("button[data-do=share]")) button.hidden = !navigator.share && !navigator.clipboard;

  // ---- begin

  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : ask()));
  addEventListener("pagehide", rest);
  addEventListener("pageshow", (event) => event.persisted && ask());
  addEventListener("online", ask);
  addEventListener("offline", () => {
    failures = Math.max(failures, 1);
    sayAge();
  });
  if (root.dataset.stored) {
    failures = 1;
    sayAge();
    plan(MINUTE / 4);
  } else {
    listen();
    plan(MINUTE + Math.random() * MINUTE / 4);
    if (document.readyState === "complete") keep();
    else addEventListener("load", () => setTimeout(keep)); // the first view goes before
  }
})();

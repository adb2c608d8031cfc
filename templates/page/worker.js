// Keeps the last known state of the pages this browser has opened, for when nobody answers.
"use strict";
const PAGES = "wismo-pages";
const FILES = "wismo-files";
const MOST_PAGES = 10;
const MOST_FILES = 12;
const PATIENCE = 7000; // ms; in a lift a request may hang for minutes
const GONE = [404, 410];
const NOBODY = [502, 503, 504]; // a proxy answered; the server behind it did not

const isOurs = (url, pattern) => url.origin === location.origin && pattern.test(url.pathname);
const isPage = (url) => isOurs(url, /^\/t\/[\w-]{22,64}$/);
const isFile = (url) => isOurs(url, /^\/(css|js)\//);

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET") return;
  if (isFile(url)) event.respondWith(file(event.request));
  else if (isPage(url)) event.respondWith(event.request.mode === "navigate" ? page(event, url) : asked(event, url));
});

addEventListener("message", (event) => {
  const wishes = (event.data?.keep || []).map((each) => new URL(each, location.origin));
  event.waitUntil(Promise.all(wishes.map((url) => keepNow(url).catch(() => {}))));
});

async function keepNow(url) {
  if (isFile(url)) await file(new Request(url));
  else if (isPage(url)) await keep(url, await fetch(url, { cache: "no-cache" }));
}

// The page itself asks: an old answer would look like a new one.
async function asked(event, url) {
  const answer = await fetch(event.request);
  event.waitUntil(keep(url, answer.clone()));
  return answer;
}

async function page(event, url) {
  const answering = fetch(event.request).then((answer) => {
    event.waitUntil(keep(url, answer.clone()));
    return answer;
  });
  answering.catch(() => {});
  const stored = await kept(url);
  if (!stored) return answering;
  const late = new Promise((done) => setTimeout(done, PATIENCE));
  try {
    const answer = await Promise.race([answering, late]);
    return answer && !NOBODY.includes(answer.status) ? answer : stored;
  } catch {
    return stored;
  }
}

async function keep(url, answer) {
  const cache = await caches.open(PAGES);
  const mayKeep = answer.status === 200 && !/no-store/.test(answer.headers.get("cache-control") || "");
  const words = mayKeep ? await answer.text() : ""; // whole before the old one goes: in a lift it may be cut off
  if (GONE.includes(answer.status) || mayKeep) await cache.delete(url, { ignoreSearch: true });
  if (!mayKeep) return;
  const headers = new Headers(answer.headers);
  for (const name of ["content-encoding", "content-length", "vary"]) headers.delete(name);
  headers.set("x-kept-at", Date.now());
  await cache.put(url, new Response(words, { headers }));
  await prune(cache, MOST_PAGES);
}

async function kept(url) {
  const found = await (await caches.open(PAGES)).match(url, { ignoreSearch: true });
  if (!found) return null;
  const words = (await found.text()).replace("<html ", `<html data-stored="${found.headers.get("x-kept-at")}" `);
  return new Response(words, { headers: found.headers });
}

// Their names change with every byte, so what is there is right.
async function file(request) {
  const cache = await caches.open(FILES);
  const found = await cache.match(request, { ignoreVary: true });
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) {
    await cache.put(request, answer.clone());
    await prune(cache, MOST_FILES);
  }
  return answer;
}

async function prune(cache, most) {
  const names = await cache.keys();
  await Promise.all(names.slice(0, Math.max(0, names.length - most)).map((each) => cache.delete(each)));
}

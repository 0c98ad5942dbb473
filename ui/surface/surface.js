// Builds what ui/nodes.py describes. Text becomes text nodes, never markup: there is no innerHTML here.
const TAGS = new Set([
  "div", "span", "p", "a", "mark", "h1", "h2", "h3", "h4", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead",
  "tbody", "tr", "th", "td", "details", "summary", "blockquote", "code", "strong", "em", "nav", "section",
  "article", "time", "button", "br", "label", "caption",
]);
// A drawing is made of these alone; their places are numbers and their words text.
const SHAPES = new Set(["svg", "g", "line", "circle", "text", "tspan", "title"]);
const PLACES = ["x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "dx", "dy"];
const ANCHORS = new Set(["start", "middle", "end"]);
const SVG = "http://www.w3.org/2000/svg";
// As in surface.css: narrower screens show one column.
const WIDE = window.matchMedia("(min-width: 641px)");
const CLASS = /^[a-z0-9 -]*$/;
const KEY = /^[a-z-]+$/;
const ADDRESS = /^\/(?![\/\\])[\x21-\x7e]*$/;

function shape(node, act) {
  const made = document.createElementNS(SVG, SHAPES.has(node.t) ? node.t : "g");
  if (node.c && CLASS.test(node.c)) made.setAttribute("class", node.c);
  if (node.label) made.setAttribute("aria-label", node.label);
  if (node.t === "svg" && Number.isFinite(node.width) && Number.isFinite(node.height)) {
    made.setAttribute("viewBox", `0 0 ${node.width} ${node.height}`);
    made.setAttribute("role", "img");
  }
  for (const place of PLACES) if (Number.isFinite(node[place])) made.setAttribute(place, String(node[place]));
  if (ANCHORS.has(node.anchor)) made.setAttribute("text-anchor", node.anchor);
  if (Number.isFinite(node.share)) made.style.setProperty("--share", String(node.share));
  for (const child of node.k || []) {
    made.appendChild(typeof child === "string" ? document.createTextNode(child) : shape(child, act));
  }
  if (!node.to || !ADDRESS.test(node.to)) return made;
  const way = document.createElementNS(SVG, "a");
  way.setAttribute("href", node.to);
  way.appendChild(made);
  act(way, node);
  return way;
}

function element(node, act) {
  if (node.t === "svg") return shape(node, act);
  const made = document.createElement(TAGS.has(node.t) ? node.t : "span");
  if (node.c && CLASS.test(node.c)) made.className = node.c;
  if (node.title) made.title = node.title;
  if (node.label) made.setAttribute("aria-label", node.label);
  if (node.current) made.setAttribute("aria-current", node.current);
  if (node.scope) made.setAttribute("scope", node.scope);
  if (node.span) made.colSpan = Number(node.span);
  if (node.name) made.dataset.name = node.name;
  if (node.isolate) made.dir = "auto";
  if (node.open && node.t === "details") made.open = node.open !== "wide" || WIDE.matches;
  if (node.focusable) made.tabIndex = 0;
  if (node.passed) made.tabIndex = -1;
  if (Number.isFinite(node.share)) made.style.setProperty("--share", String(node.share));
  if (node.t === "a" && node.to && ADDRESS.test(node.to)) made.href = node.to;
  if (node.t === "a" || node.jump || node.copy) act(made, node);
  for (const child of node.k || []) {
    made.appendChild(typeof child === "string" ? document.createTextNode(child) : element(child, act));
  }
  return made;
}

// What a link or button is called, figures left out: they change as the page is drawn anew.
const called = (made) => made.tagName + (made.getAttribute("aria-label") || made.textContent).replace(/[\d.,]+/g, "");

// Gives the keyboard back to the link it was on, so that a reader need not begin at the top again.
function refocus(before, root) {
  const active = before.getRootNode().activeElement;
  if (!active || !before.contains(active)) return;
  const name = called(active);
  const again = [...root.querySelectorAll("a, button, summary, [tabindex]")].find((made) => called(made) === name);
  return () => again?.focus({ preventScroll: true });
}

// Whether a reader sees all of it, in the window and in the frame of text it stands in.
function seen(piece) {
  const box = piece.getBoundingClientRect();
  const frame = (piece.closest(".reader") || document.documentElement).getBoundingClientRect();
  return box.top >= Math.max(frame.top, 0) && box.bottom <= Math.min(frame.bottom, window.innerHeight);
}

function jump(root, name) {
  const pieces = [...root.querySelectorAll("mark[data-name]")];
  const wanted = pieces.filter((found) => found.dataset.name.split(" ").includes(name));
  if (!wanted.length) return;
  for (const piece of pieces) piece.classList.toggle("lit", wanted.includes(piece));
  if (seen(wanted[0])) return;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  wanted[0].scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
}

// Gives the keyboard to the field of this key among Streamlit's own, which may be drawn a few frames later.
function give(key, frames = 60) {
  const field = document.querySelector(`.st-key-${key} input`);
  if (field) field.focus();
  else if (frames) requestAnimationFrame(() => give(key, frames - 1));
}

// Goes to another of our pages as the Back button does: Streamlit listens, and history keeps one entry a step.
function visit(address) {
  if (!ADDRESS.test(address) || address === window.location.pathname + window.location.search) return;
  window.history.pushState({}, "", address);
  window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}

export default function (component) {
  const { data, parentElement } = component;
  const root = document.createElement("div");
  root.className = "surface";
  const act = (made, node) => {
    made.addEventListener("click", (event) => {
      if (node.jump) {
        event.preventDefault();
        jump(root, node.jump);
      } else if (node.copy) {
        navigator.clipboard?.writeText(node.copy === "address" ? window.location.href : node.copy);
        made.classList.add("done");
      } else if (made.href && !(event.ctrlKey || event.metaKey || event.shiftKey || event.button)) {
        event.preventDefault();
        const old = new URL(node.to, window.location.origin).pathname === window.location.pathname;
        if (!old || node.top) document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0 });
        visit(node.to);
      }
    });
  };
  for (const node of data.nodes) {
    root.appendChild(typeof node === "string" ? document.createTextNode(node) : element(node, act));
  }
  const before = parentElement.querySelector(".surface");
  if (before) {
    const open = [...before.querySelectorAll("details[data-name]")].filter((found) => found.open);
    const names = new Set(open.map((found) => found.dataset.name));
    for (const made of root.querySelectorAll("details[data-name]")) {
      if (names.has(made.dataset.name)) made.open = true;
    }
    const focus = refocus(before, root);
    before.replaceWith(root);
    focus?.();
  } else {
    parentElement.appendChild(root);
  }
  if (data.jump) jump(root, data.jump);
  const asked = KEY.test(data.focus || "") && parentElement.given !== data.focus;
  parentElement.given = data.focus;
  if (asked) give(data.focus);
  if (data.visit) visit(data.visit);
}

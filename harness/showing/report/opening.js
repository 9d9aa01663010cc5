var screenful = document.documentElement, players = new Map(), current = null, later = null;
var whole = root === document.body;  // or else it stands within somebody's notebook, whose keys stay its own
root.dataset.ready = "";
function say(id, fields) {
  return phrases[id].replace(/\{(\w+)\}/g, function (whole, name) { return fields[name]; });
}

/* In a notebook, controls and circuits lie there in what needs neither a script nor a style sheet. */
root.querySelectorAll("script.controls").forEach(function (one) {
  var template = document.createElement("template");
  template.className = one.className;
  template.innerHTML = one.textContent;
  one.replaceWith(template);
});
root.querySelectorAll(".picture img.still").forEach(function (image) {
  var bytes = Uint8Array.from(atob(image.src.split(",")[1]), function (sign) { return sign.charCodeAt(0); });
  var svg = new DOMParser().parseFromString(new TextDecoder().decode(bytes), "image/svg+xml").documentElement;
  svg.querySelectorAll("style, .paper").forEach(function (one) { one.remove(); });
  image.replaceWith(document.importNode(svg, true));
});

/* What a closed case holds lies there as text, which costs a browser next to nothing. */
function fill(details) {
  var store = details.querySelector(".body > noscript");
  if (store) store.parentNode.innerHTML = store.textContent;
}
function open(details) {
  fill(details);
  details.open = true;
  if (!players.has(details)) players.set(details, player(details));
  return players.get(details);
}
function address(details, at) {
  if (!whole) return;
  clearTimeout(later);
  later = setTimeout(function () {
    try {
      history.replaceState(null, "", "#" + encodeURI(details.querySelector(".body").id) + (at ? "/" + at : ""));
    } catch (refused) { /* a page within a page has none */ }
  }, 300);
}
function decoded(text) {
  try { return decodeURIComponent(text); } catch (typed) { return text; }
}
function arrive() {
  var place = decoded(location.hash.slice(1)), at = /\/(\d+)$/.exec(place);
  var target = document.getElementById(place);
  if (!target && at) target = document.getElementById(place.slice(0, at.index)); else at = null;
  var details = target && target.closest("details.case");
  if (!details) return;
  details.closest("[hidden]") && finder.clear();
  var one = open(details);
  details.scrollIntoView();
  one.to(at ? +at[1] : 0);
  one.bar.focus({ preventScroll: true });
}

/* The lecture: one case fills the screen, and the keys of a presenter's clicker move it. */
function lecture(move) {
  if (move === "lecture" && current) screenful.classList.contains("lecture") ? leave() : enter(current.details);
  if (move === "leave") leave();
  if (move === "next-case" || move === "last-case") {
    var cases = Array.from(root.querySelectorAll("details.case")).filter(function (one) { return !one.closest("[hidden]"); });
    var other = cases[cases.indexOf(current.details) + (move === "next-case" ? 1 : -1)];
    if (other) enter(other);
  }
}
function enter(details) {
  var begun = screenful.classList.contains("lecture"), full = document.fullscreenElement;
  if (current) { current.stop(); current.details.classList.remove("chosen"); }
  screenful.classList.add("lecture");
  details.classList.add("chosen");
  current = open(details);
  current.bar.focus();
  current.fit();
  current.to(current.at);
  address(details, current.at);
  if (!begun && !full && screenful.requestFullscreen) screenful.requestFullscreen().catch(function () { /* the window does */ });
}
function leave() {
  if (!screenful.classList.contains("lecture")) return;
  screenful.classList.remove("lecture");
  if (document.fullscreenElement) document.exitFullscreen();
  current.details.classList.remove("chosen");
  current.fit();
  current.details.scrollIntoView();
}

root.addEventListener("toggle", function (event) {
  var details = event.target;
  if (!details.matches("details.case")) return;
  if (details.open) return open(details);
  if (players.has(details)) players.get(details).stop();
  if (current && current.details === details) current = null;
}, true);
root.addEventListener("focusin", function (event) {
  var stage = event.target.closest(".stage");
  if (screenful.classList.contains("lecture")) return;
  current = stage && players.get(stage.closest("details.case")) || null;
});
root.addEventListener("pointerdown", function (event) {
  var stage = event.target.closest(".stage.live");
  if (stage && !screenful.classList.contains("lecture")) current = players.get(stage.closest("details.case"));
});
(whole ? document : root).addEventListener("keydown", function (event) {
  if (!current || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  var showing = screenful.classList.contains("lecture"), kind = event.target.localName, key = event.key;
  var inside = showing || event.target.closest(".stage");
  var move = { ArrowRight: "next", ArrowLeft: "back", Home: "first", End: "last" }[key];
  var turn = showing && { PageDown: "next", PageUp: "back" }[key];
  if (!inside || event.target.closest("input:not([type=range]), select, textarea")) return;
  if (showing && (key === "Escape" || key === "n" || key === "p")) {
    lecture({ Escape: "leave", n: "next-case", p: "last-case" }[key]);
  } else if (showing && (key === "b" || key === ".")) {
    screenful.classList.toggle("blank");
  } else if (turn === "next" && current.at === current.count) {
    lecture("next-case");
  } else if (turn === "back" && !current.at) {
    var before = current;
    lecture("last-case");
    if (current !== before) current.go("last");
  } else if (turn || (move && event.target.type !== "range")) {
    current.go(turn || move);
  } else if (key === " " && kind !== "button" && kind !== "summary") {
    current.toggle();
  } else if (whole && !showing && key === "l") {
    lecture("lecture");
  } else return;
  event.preventDefault();
  if (!whole) event.stopPropagation();
});
document.addEventListener("fullscreenchange", function () {
  if (!document.fullscreenElement) leave(); else if (current) current.fit();
});
window.addEventListener("resize", function () {
  players.forEach(function (one) { if (one.details.open) one.fit(); });
});
window.addEventListener("beforeprint", function () {
  leave();
  root.querySelectorAll("details.case").forEach(function (one) { if (!one.closest("[hidden]")) fill(one); });
  players.forEach(function (one) { one.go("last"); });
});
root.querySelectorAll("details.case[open]").forEach(open);
if (whole) {
  window.addEventListener("hashchange", arrive);
  window.addEventListener("load", arrive);
}

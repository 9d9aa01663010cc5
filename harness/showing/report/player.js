"use strict";
document.querySelectorAll("[data-player]:not([data-ready])").forEach(function (root) {
  root.dataset.ready = "";
  var whole = root === document.body;  // or else it stands within somebody's notebook, whose keys stay its own
  var controls = new DOMParser().parseFromString(root.querySelector(".controls").textContent, "text/html").body;
  var current = null, pace = 900;

  function drawn(image) {  // what is in an image of the circuit, in the image's place
    var bytes = Uint8Array.from(atob(image.src.split(",")[1]), function (sign) { return sign.charCodeAt(0); });
    var svg = new DOMParser().parseFromString(new TextDecoder().decode(bytes), "image/svg+xml").documentElement;
    svg.querySelectorAll("style, .paper").forEach(function (one) { one.remove(); });
    image.replaceWith(document.importNode(svg, true));
  }
  root.querySelectorAll(".picture img.still").forEach(drawn);

  function player(details) {
    var body = details.querySelector(".body"), picture = body.querySelector(".picture");
    var bar = document.importNode(controls.firstElementChild, true);
    var slider = bar.querySelector("input"), count = bar.querySelector("output");
    var words = bar.querySelector(".words"), play = bar.querySelector("[data-to=play]");
    var name = details.querySelector("summary code").textContent, at = 0, timer = null;
    var lines = Array.from(body.querySelectorAll(".code li[data-n]")).map(function (line) {
      var data = line.dataset;
      return { line: line, name: data.n, edge: data.e && edge(data.e), total: data.t };
    });
    var nodes = Array.from(picture.querySelectorAll(".node")), edges = Array.from(picture.querySelectorAll(".edge"));
    var finals = nodes.map(function (one) { var d = one.querySelector(".d"); return d && d.textContent; });
    var written = lines.filter(function (one) { return !one.total; }).map(function (one) { return one.name; });

    function edge(key) { return picture.querySelector('.edge[data-e="' + CSS.escape(key) + '"]'); }

    function show(to) {
      at = Math.max(0, Math.min(lines.length, to));
      var done = lines.slice(0, at), last = done[at - 1], all = at === lines.length;
      var totals = new Map(), values = new Set(), used = new Set();
      done.forEach(function (one) {
        if (one.total) totals.set(one.name, one.total); else values.add(one.name);
        if (one.edge) used.add(one.edge);
      });
      nodes.forEach(function (one, i) {
        var key = one.dataset.n, d = one.querySelector(".d"), graded = all || totals.has(key);
        one.querySelectorAll(".v, .b").forEach(function (label) {
          label.classList.toggle("off", label.classList.contains("v") ? !all && written.includes(key) && !values.has(key) : !all);
        });
        one.querySelectorAll(".r").forEach(function (ring) { ring.classList.toggle("off", !all); });
        one.classList.toggle("ungraded", !graded);
        one.classList.toggle("now", !!last && last.name === key);
        if (d) d.textContent = all || !totals.has(key) ? finals[i] : totals.get(key);
      });
      edges.forEach(function (one) {
        var term = one.querySelector(".c");
        if (term) term.classList.toggle("off", !all && !used.has(one));
        one.classList.toggle("now", !!last && last.edge === one);
      });
      lines.forEach(function (one) {
        one.line.classList.toggle("now", one === last);
        if (one === last) one.line.setAttribute("aria-current", "step"); else one.line.removeAttribute("aria-current");
      });
      words.textContent = last ? (last.total ? "backward: " : "forward: ") + text(last.line) :
        "The inputs. → runs the passes, one line at a time.";
      slider.value = at;
      slider.setAttribute("aria-valuetext", "step " + at + " of " + lines.length);
      count.textContent = at + " of " + lines.length;
    }
    function text(line) { return line.textContent.replace(/\s+/g, " ").trim(); }
    function step(to) {
      show(to);
      var now = picture.querySelector(".edge.now") || picture.querySelector(".node.now");
      if (!now) return;
      var box = now.getBoundingClientRect(), frame = picture.getBoundingClientRect(), top = bar.getBoundingClientRect().bottom;
      if (box.left < frame.left || box.right > frame.right) picture.scrollLeft += (box.left + box.right - frame.left - frame.right) / 2;
      if (frame.height > innerHeight - top && (box.top < top || box.bottom > innerHeight)) scrollBy(0, (box.top + box.bottom - top - innerHeight) / 2);
    }
    function stop() {
      clearInterval(timer);
      timer = null;
      play.textContent = "Play";
      play.setAttribute("aria-pressed", "false");
    }
    function toggle() {
      if (timer) return stop();
      if (at === lines.length) step(0);
      play.textContent = "Pause";
      play.setAttribute("aria-pressed", "true");
      timer = setInterval(function () {
        step(at + 1);
        if (at === lines.length) stop();
      }, pace);
    }
    var moves = {
      first: function () { return 0; }, back: function () { return at - 1; },
      next: function () { return at + 1; }, last: function () { return lines.length; }
    };
    function go(move) { stop(); step(moves[move]()); }

    bar.setAttribute("aria-label", "Player of " + name);
    slider.max = lines.length;
    slider.setAttribute("aria-label", "Step of " + name);
    slider.addEventListener("input", function () { stop(); step(+slider.value); });
    bar.addEventListener("click", function (event) {
      var button = event.target.closest("button"), move = button && button.dataset.to;
      if (move === "play") toggle(); else if (move) go(move);
    });
    body.insertBefore(bar, picture);
    show(lines.length);
    return { go: go, toggle: toggle, stop: stop, details: details, get step() { return at; }, count: lines.length };
  }

  var players = new Map();
  function open(details) {
    if (!players.has(details)) players.set(details, player(details));
    current = players.get(details);
  }
  root.querySelectorAll("details.case").forEach(function (details) {
    if (details.open) open(details);
    details.addEventListener("toggle", function () {
      if (details.open) return open(details);
      if (players.has(details)) players.get(details).stop();
      if (current && current.details === details) current = null;
    });
  });
  root.addEventListener("focusin", function (event) {
    var details = event.target.closest("details.case");
    if (details && details.open) open(details);
  });
  (whole ? document : root).addEventListener("keydown", function (event) {
    var move = { ArrowRight: "next", ArrowLeft: "back", Home: "first", End: "last" }[event.key];
    var kind = event.target.localName;
    if (!current || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (move && event.target.type !== "range") {
      event.preventDefault();
      if (!whole) event.stopPropagation();
      current.go(move);
    } else if (event.key === " " && kind !== "button" && kind !== "summary") {
      event.preventDefault();
      if (!whole) event.stopPropagation();
      current.toggle();
    }
  });
  window.addEventListener("beforeprint", function () {
    players.forEach(function (one) { one.go("last"); });
  });
  function arrive() {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var details = target && target.closest("details.case");
    if (!details) return;
    details.open = true;
    details.scrollIntoView();
  }
  if (whole) {
    window.addEventListener("hashchange", arrive);
    arrive();
  }
});

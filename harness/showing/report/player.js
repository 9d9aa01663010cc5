function player(details) {
  var body = details.querySelector(".body"), stage = body.querySelector(".stage");
  var picture = stage.querySelector(".picture"), svg = picture.querySelector("svg"), codes = stage.querySelector(".codes");
  var bar = root.querySelector("template.controls").content.firstElementChild.cloneNode(true);
  var slider = bar.querySelector("[type=range]"), count = bar.querySelector("output"), every = bar.querySelector("[data-to=every]");
  var words = bar.querySelector(".words"), play = bar.querySelector("[data-to=play]");
  var name = details.querySelector("summary code").textContent, at = 0, timer = null, zoom = 1, all = false;
  var wide = svg.viewBox.baseVal.width, high = svg.viewBox.baseVal.height;
  var lines = Array.from(body.querySelectorAll(".code li[data-n]")).map(function (line) {
    var data = line.dataset;
    return { line: line, name: data.n, edge: data.e && edge(data.e), gate: data.e && data.e.split("-")[0],
      local: data.l, back: "t" in data, total: data.t };
  });
  var nodes = Array.from(picture.querySelectorAll(".node")), edges = Array.from(picture.querySelectorAll(".edge"));
  var finals = nodes.map(function (one) { var d = one.querySelector(".d"); return d && d.innerHTML; });
  var written = lines.filter(function (one) { return !one.back; }).map(function (one) { return one.name; });
  var ends = new Map();
  lines.forEach(function (one, i) { if (one.back) ends.set(one.name, i + 1); });

  function edge(key) { return picture.querySelector('.edge[data-e="' + CSS.escape(key) + '"]'); }

  function show(to) {
    at = Math.max(0, Math.min(lines.length, to));
    var done = lines.slice(0, at), last = done[at - 1], shown = at === lines.length || all;
    var totals = new Map(), values = new Set(), used = new Set();
    done.forEach(function (one) {
      if (one.back) totals.set(one.name, one.total); else values.add(one.name);
      if (one.edge) used.add(one.edge);
    });
    nodes.forEach(function (one, i) {
      var key = one.dataset.n, d = one.querySelector(".d");
      var valued = shown || !written.includes(key) || values.has(key), graded = shown || totals.has(key);
      var settled = shown || at >= (ends.get(key) || lines.length);
      one.querySelectorAll(".v, .f").forEach(function (label) { label.classList.toggle("off", !valued); });
      one.querySelectorAll(".k").forEach(function (label) { label.classList.toggle("off", !settled); });
      one.classList.toggle("unsaid", !settled);
      one.classList.toggle("ungraded", !graded);
      one.classList.toggle("now", !!last && last.name === key);
      one.classList.toggle("act", !!last && last.gate === key);
      if (d) d.innerHTML = settled || !totals.has(key) ? finals[i] : totals.get(key);
    });
    edges.forEach(function (one) {
      var term = one.querySelector(".c");
      if (term) term.classList.toggle("off", !shown && !used.has(one));
      one.classList.toggle("unsaid", !shown && !used.has(one));
      one.classList.toggle("now", !!last && last.edge === one);
    });
    lines.forEach(function (one, i) {
      one.line.classList.toggle("now", one === last);
      one.line.classList.toggle("unsaid", !shown && i >= at);
      if (one === last) one.line.setAttribute("aria-current", "step"); else one.line.removeAttribute("aria-current");
    });
    stage.classList.toggle("backward", !!last && last.back);
    call(last);
    words.textContent = last ? say(last.back ? "backward" : "forward", { line: text(last.line) }) : phrases.inputs;
    slider.value = at;
    slider.setAttribute("aria-valuetext", say("step", { at: at, count: lines.length }));
    count.textContent = say("at", { at: at, count: lines.length });
  }
  function text(line) { return line.textContent.replace(/\s+/g, " ").trim(); }

  /* What the acting gate does, as little notes over the picture. */
  function call(last) {
    picture.querySelectorAll(".call").forEach(function (one) { one.remove(); });
    if (!last || !last.edge) return;
    taken = Array.from(picture.querySelectorAll(".node > :not(.w, .a, .r), .edge > .c, svg > text")).filter(function (one) {
      return getComputedStyle(one).visibility === "visible";
    }).map(box);
    var gate = picture.querySelector(".node.act .n"), upstream = lowest("act"), source = lowest("now"), meets = last.edge.querySelector(".c");
    if (gate && last.local) note(say("local", last), box(gate), true);
    if (upstream) note(phrases.upstream, box(upstream), false);
    if (source) note(meets ? phrases.sum : phrases.product, box(source), false);
    if (meets) note(phrases.product, box(meets), box(meets).y < last.edge.querySelector(".a").getBBox().y);
  }
  var taken = [];
  /* Below what a note stands: what an engine has in place of a gradient, or else the gradient. */
  function lowest(node) {
    return picture.querySelector(".node." + node + " text.k:not(.off)") || picture.querySelector(".node." + node + " .d");
  }
  /* Where something lies in the picture, also an array, whose rows are told from its own place. */
  function box(one) {
    var own = one.getBBox(), moved = one.transform.baseVal.consolidate(), by = moved ? moved.matrix : { e: 0, f: 0 };
    return new DOMRect(own.x + by.e, own.y + by.f, own.width, own.height);
  }
  /* A note stands above or below its place, or beside it where that is taken. */
  function note(told, at, above) {
    var space = "http://www.w3.org/2000/svg", group = document.createElementNS(space, "g");
    var plate = document.createElementNS(space, "rect"), label = document.createElementNS(space, "text");
    label.textContent = told;
    group.setAttribute("class", "call");
    group.append(plate, label);
    svg.append(group);
    var own = label.getBBox(), width = own.width + 8, height = own.height + 2;
    var x = at.x + at.width / 2 - width / 2, y = at.y + at.height / 2 - height / 2;
    var over = [x, at.y - height - 1], under = [x, at.bottom + 1], sides = [[at.x - width - 2, y], [at.right + 2, y]];
    var spots = (above ? [over, under] : [under, over]).concat(sides).map(function (spot) {
      return new DOMRect(Math.max(2, Math.min(wide - width - 2, spot[0])), Math.max(2, Math.min(high - height - 2, spot[1])), width, height);
    });
    var spot = spots.find(function (one) { return !taken.some(function (other) { return meet(one, other); }); }) || spots[0];
    taken.push(spot);
    [["x", spot.x], ["y", spot.y], ["width", width], ["height", height], ["rx", 4]].forEach(function (pair) { plate.setAttribute(pair[0], pair[1]); });
    label.setAttribute("x", spot.x + 4);
    label.setAttribute("y", spot.y + 1 - own.y);
  }
  function meet(one, other) {
    return one.x < other.right && other.x < one.right && one.y < other.bottom && other.y < one.bottom;
  }

  function step(to) {
    show(to);
    follow();
    address(details, at);
  }
  /* Brings what acts into view: in the code, in the picture, and the whole on the screen. */
  function follow() {
    var line = codes && codes.querySelector(".now"), top = stage.getBoundingClientRect().top;
    if (line) into(codes, line);
    if (top < 0 || (top > 0 && stage.getBoundingClientRect().bottom > innerHeight)) stage.scrollIntoView();
    picture.querySelectorAll(".act .g, .now").forEach(function (one) { into(picture, one); });
  }
  function into(frame, one) {
    var box = one.getBoundingClientRect(), room = frame.getBoundingClientRect();
    if (box.left < room.left || box.right > room.right) frame.scrollLeft += (box.left + box.right - room.left - room.right) / 2;
    if (box.top < room.top || box.bottom > room.bottom) frame.scrollTop += (box.top + box.bottom - room.top - room.bottom) / 2;
  }

  /* The picture fills its frame; what is too small to read is left larger, and scrolls. */
  function fit() {
    var lecture = screenful.classList.contains("lecture");
    var beside = !lecture && stage.clientWidth > 900 && wide < .55 * stage.clientWidth;
    stage.classList.toggle("beside", beside);
    var across = (picture.clientWidth - 4) / wide, down = (picture.clientHeight - 4) / high;
    size(lecture ? Math.max(Math.min(across, down, 4), Math.min(across, 1)) : Math.max(Math.min(beside ? 1.5 : 1, across), .6));
  }
  function size(to) {
    zoom = Math.max(.2, Math.min(8, to));
    svg.style.width = wide * zoom + "px";
    svg.style.height = high * zoom + "px";
  }
  var grip = null;
  picture.addEventListener("pointerdown", function (event) {
    if (event.pointerType !== "mouse" || event.button) return;
    grip = [event.clientX + picture.scrollLeft, event.clientY + picture.scrollTop];
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener("pointermove", function (event) {
    if (!grip) return;
    picture.scrollLeft = grip[0] - event.clientX;
    picture.scrollTop = grip[1] - event.clientY;
  });
  ["pointerup", "pointercancel"].forEach(function (end) { picture.addEventListener(end, function () { grip = null; }); });

  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = phrases.play;
    play.setAttribute("aria-pressed", "false");
  }
  function toggle() {
    if (timer) return stop();
    if (at === lines.length) step(0);
    play.textContent = phrases.pause;
    play.setAttribute("aria-pressed", "true");
    timer = setInterval(function () {
      step(at + 1);
      if (at === lines.length) stop();
    }, 900);
  }
  function showAll() {
    all = !all;
    every.setAttribute("aria-pressed", all);
    show(at);
  }
  var moves = {
    first: function () { step(0); }, back: function () { step(at - 1); },
    next: function () { step(at + 1); }, last: function () { step(lines.length); },
    larger: function () { size(zoom * 1.25); }, smaller: function () { size(zoom / 1.25); },
    fit: fit, every: showAll
  };
  function go(move) { stop(); moves[move](); }

  bar.setAttribute("aria-label", say("player", { name: name }));
  bar.querySelector(".title").textContent = name;
  slider.max = lines.length;
  slider.setAttribute("aria-label", say("step-of", { name: name }));
  slider.addEventListener("input", function () { stop(); step(+slider.value); });
  bar.addEventListener("click", function (event) {
    var button = event.target.closest("button"), move = button && button.dataset.to;
    if (move === "play") toggle();
    else if (move in moves) go(move);
    else if (move) lecture(move);
  });
  if (!whole) {
    bar.querySelector("[data-to=lecture]").remove();
    bar.querySelector("small").textContent = phrases.keys;
  }
  stage.classList.add("live");
  stage.insertBefore(bar, stage.firstChild);
  show(whole ? 0 : lines.length);
  fit();
  return { go: go, toggle: toggle, stop: stop, fit: fit, details: details, bar: bar,
    get at() { return at; }, show: show, to: function (to) { show(to); follow(); }, count: lines.length };
}

var form = root.querySelector("form.play"), place = root.querySelector(".place"), told = root.querySelector(".told");
var rows = form.querySelector(".inputs"), waiting = false, asking = false;

function row(text) {
  var line = root.querySelector("template.row").content.firstElementChild.cloneNode(true);
  var at = text.indexOf("=");
  line.querySelector(".name").value = text.slice(0, at).trim();
  line.querySelector(".number").value = text.slice(at + 1).trim();
  rows.append(line);
  range(line);
}
/* A plain number can be dragged, five to both sides of where it is. */
function range(line) {
  var drag = line.querySelector(".drag"), number = line.querySelector(".number").value, plain = number.trim() && isFinite(number);
  drag.hidden = !plain;
  drag.setAttribute("aria-label", say("drag", { name: line.querySelector(".name").value }));
  if (!plain) return;
  drag.min = +number - 5;
  drag.max = +number + 5;
  drag.step = .05;
  drag.value = number;
}
function question() {
  var lines = Array.from(rows.children).map(function (line) {
    return line.querySelector(".name").value + "=" + line.querySelector(".number").value;
  });
  return JSON.stringify({ expr: form.querySelector(".expr").value, inputs: lines, down: form.querySelector(".down").checked });
}
function right(answer) { return answer.ok && answer.headers.get("X-Right") === "1"; }
function ask(kind) { return fetch(kind, { method: "POST", body: question() }); }

/* One question at a time; of those that come meanwhile the last. */
function update() {
  if (asking) { waiting = true; return; }
  asking = true;
  ask("show").then(function (answer) {
    return answer.text().then(function (text) { if (right(answer)) put(text); else told.replaceChildren(failure(text)); });
  }).catch(function () {
    told.replaceChildren(failure(phrases.ended));
  }).then(function () {
    asking = false;
    root.dataset.asked = +(root.dataset.asked || 0) + 1;
    if (waiting) { waiting = false; update(); }
  });
}
function failure(text) {
  var pre = document.createElement("pre");
  pre.className = "failure";
  pre.tabIndex = 0;
  pre.textContent = text;
  return pre;
}
function put(text) {
  var old = place.querySelector("details.case"), at = old && players.has(old) ? players.get(old).at : 0;
  told.replaceChildren();
  if (old) { players.get(old).stop(); players.delete(old); }
  current = null;
  place.innerHTML = text;
  open(place.querySelector("details.case")).show(at);
}
function take(kind) {
  ask(kind).then(function (answer) {
    if (!right(answer)) return answer.text().then(function (text) { told.replaceChildren(failure(text)); });
    return answer.blob().then(function (blob) {
      var link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = answer.headers.get("X-Name");
      link.click();
      URL.revokeObjectURL(link.href);
    });
  });
}
form.addEventListener("input", function (event) {
  var line = event.target.closest(".input");
  if (event.target.classList.contains("drag")) line.querySelector(".number").value = event.target.value;
  else if (line) range(line);
  update();
});
form.addEventListener("click", function (event) {
  var button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.export) return take(button.dataset.export);
  if (button.classList.contains("more")) row("=1");
  if (button.classList.contains("less")) { button.closest(".input").remove(); update(); }
});
form.addEventListener("submit", function (event) { event.preventDefault(); });
form.querySelectorAll(".given li").forEach(function (one) { row(one.textContent); });
update();

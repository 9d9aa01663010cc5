var finder = (function () {
  var cases = Array.from(root.querySelectorAll("details.case")), frame = root.querySelector("template.finding");
  if (!frame || cases.length < 2) return { clear: function () {} };
  var form = frame.content.firstElementChild.cloneNode(true), told = form.querySelector("output");
  var search = form.querySelector("[type=search]"), choices = Array.from(form.querySelectorAll("select"));
  var known = cases.map(function (one) {
    var data = one.dataset, id = one.querySelector("code").textContent, status = one.querySelector(".mark");
    return {
      text: (one.querySelector("summary").textContent + " " + data.op + " " + data.tag).toLowerCase(),
      topic: [id.replace(/^cases\//, "").replace(/\/?[^\/]*$/, "") || phrases.none], level: [data.level],
      op: words(data.op), tag: words(data.tag), finding: words(data.finding),
      status: status ? [phrases[status.classList[1]]] : []
    };
  });
  function words(text) { return text ? text.split(" ") : []; }

  choices.forEach(function (select) {
    var by = select.name, counts = new Map();
    known.forEach(function (one) { one[by].forEach(function (word) { counts.set(word, 1 + (counts.get(word) || 0)); }); });
    var order = Array.from(counts.keys());
    if (by !== "level") order.sort(function (a, b) { return a.localeCompare(b, "en", { numeric: true }); });
    order.forEach(function (word) { select.add(new Option(label(by, word) + " (" + counts.get(word) + ")", word)); });
    select.closest("label").hidden = counts.size < 2 && by !== "finding" || !counts.size;
  });
  function label(by, word) {
    var titles = root.querySelectorAll("section[aria-labelledby=findings] > ol > li > h3");
    return by === "finding" ? word + " " + titles[word - 1].textContent : word;
  }
  function apply() {
    var wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
    cases.forEach(function (details, i) {
      var one = known[i];
      var fits = wanted.every(function (word) { return one.text.includes(word); }) &&
        choices.every(function (select) { return !select.value || one[select.name].includes(select.value); });
      details.hidden = !fits;
      shown += fits;
    });
    root.querySelectorAll(".group").forEach(function (group) { group.hidden = !group.querySelector("details.case:not([hidden])"); });
    told.textContent = shown === cases.length ? "" : say("cases", { shown: shown, count: cases.length });
  }
  function clear() { form.reset(); apply(); }
  form.addEventListener("input", apply);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(apply); });
  document.addEventListener("click", function (event) {
    var link = event.target.closest("[data-finding-of]");
    if (!link) return;
    form.reset();
    form.elements.finding.value = link.dataset.findingOf;
    apply();
  });
  frame.replaceWith(form);
  return { clear: clear };
})();

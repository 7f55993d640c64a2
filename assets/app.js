// The few lines of script of every page. The server decides; this only makes it comfortable.
import "@tabler/core/dist/js/tabler.min.js";
import htmx from "htmx.org";
import TomSelect from "tom-select/base";
import dropdownInput from "tom-select/plugins/dropdown_input/plugin.js";
import removeButton from "tom-select/plugins/remove_button/plugin.js";

window.htmx = htmx;
TomSelect.define("dropdown_input", dropdownInput);
TomSelect.define("remove_button", removeButton);

// <select data-choose> becomes searchable.
function enhance(root) {
  for (const select of root.querySelectorAll("select[data-choose]")) {
    if (select.tomselect) continue;
    const label = select.labels?.[0]?.textContent.trim();
    if (label && !select.getAttribute("aria-label")) select.setAttribute("aria-label", label);
    new TomSelect(select, {
      plugins: select.multiple ? ["remove_button"] : ["dropdown_input"],
      maxOptions: 2000,
      allowEmptyOption: true,
      render: { no_results: () => '<div class="no-results">没有符合的选项</div>' },
    });
  }
}

// <select data-choose-from="/orgs/choose/"> is searched at the server, which offers only what the person may see.
function enhanceSearched(root) {
  for (const select of root.querySelectorAll("select[data-choose-from]")) {
    if (select.tomselect) continue;
    const label = select.labels?.[0]?.textContent.replace("*", "").trim() ?? "";
    select.setAttribute("aria-label", label);
    new TomSelect(select, {
      plugins: select.multiple ? ["remove_button"] : ["dropdown_input"],
      maxOptions: 50,
      preload: "focus",
      score: () => () => 1, // the server has searched
      load(words, show) {
        this.clearOptions();
        fetch(`${select.dataset.chooseFrom}?q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } })
          .then((answer) => (answer.ok ? answer.json() : []))
          .then(show, () => show());
      },
      shouldLoad: () => true,
      render: {
        no_results: () => '<div class="no-results">没有符合的选项，或不在您的可见范围内</div>',
        loading: () => '<div class="no-results">正在查找…</div>',
      },
      onInitialize() {
        for (const input of [this.control_input, ...this.wrapper.querySelectorAll("input")]) input.setAttribute("aria-label", label);
      },
    });
  }
}

// <input type="range" data-days>: moves between the days of the list below it, newest last.
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-days]")) return;
  const days = [...event.target.closest(".days").querySelectorAll(".day-list a")].reverse();
  event.target.form ?? document.querySelector(".day-bar [name=day]")?.setAttribute("value", days[event.target.value].textContent);
});
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-days]")) return;
  const days = [...event.target.closest(".days").querySelectorAll(".day-list a")].reverse();
  location.href = days[event.target.value].href;
});

for (const each of [enhance, enhanceSearched]) {
  document.addEventListener("DOMContentLoaded", () => each(document));
  document.addEventListener("htmx:load", (event) => each(event.detail.elt));
}

// "/" goes to the box that finds everything, Escape leaves it.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = document.querySelector("[data-find]") ?? document.querySelector("[type=search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select?.();
  } else if (event.key === "Escape" && typing?.matches("[type=search]")) {
    typing.blur();
  }
});

// <p data-keys="what is gone through"> explains the keys of a page. J, K and the arrows go through those; the key of a
// [data-key], of the one at hand before others, chooses a radio (and goes to its data-then) or else only goes there: Enter decides.
document.addEventListener("keydown", (event) => {
  const legend = document.querySelector("[data-keys]");
  if (!legend || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = [...document.querySelectorAll(legend.dataset.keys)];
  const at = all.findIndex((each) => each.contains(event.target));
  if (event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]")) {
    if (event.key === "Escape") (all[at] ?? event.target).focus();
    if (event.key === "Escape" && at < 0) event.target.blur();
    return;
  }
  const key = event.key.toLowerCase();
  const by = { j: 1, arrowdown: 1, k: -1, arrowup: -1 }[key];
  if (by && all.length && !(event.target.type === "radio" && key.startsWith("arrow"))) {
    event.preventDefault();
    const next = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    return;
  }
  const wanted = `[data-key="${CSS.escape(key)}"]`;
  const found = all[at]?.querySelector(wanted) ?? [...document.querySelectorAll(wanted)].find((each) => !all.some((one) => one.contains(each)));
  if (!found) return;
  event.preventDefault();
  if (found.type === "radio") found.click();
  const then = found.dataset.then && all[at]?.querySelector(found.dataset.then);
  (then || (found.type === "radio" ? all[at] : found)).focus();
});

// <form data-once> is sent once: a second click while it travels does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// A refusal (422) or a wrong entry comes as a page part too: show it where the answer would have gone.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([400, 403, 404, 409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// A selection lasts while the pages of a list are turned: what was ticked on another page is kept as a hidden field.
function countChosen() {
  const form = document.getElementById("selection");
  const said = document.querySelector("[data-chosen-count]");
  if (!form || !said) return;
  const boxes = [...document.querySelectorAll('#list input[name="row"]')];
  const all = document.querySelector('input[name="everything"]');
  const here = boxes.filter((box) => box.checked).length;
  const elsewhere = form.querySelectorAll('input[type="hidden"][name="row"]').length;
  said.textContent = all?.checked ? "已选全部" : here + elsewhere ? `已选 ${here + elsewhere} 条` : "";
  const page = document.querySelector("[data-choose-page]");
  if (page) {
    page.checked = here > 0 && here === boxes.length;
    page.indeterminate = here > 0 && here < boxes.length;
  }
}
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-choose-page]")) {
    for (const box of document.querySelectorAll('#list input[name="row"]')) box.checked = event.target.checked;
  }
  if (event.target.form?.id === "selection" || event.target.matches("[data-choose-page]")) {
    if (event.target.name === "row" && !event.target.checked) {
      const all = document.querySelector('input[name="everything"]');
      if (all) all.checked = false;
    }
    countChosen();
  }
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const form = document.getElementById("selection");
  if (!form || event.detail.target?.id !== "list") return;
  const turned = /[?&](after|before)=/.test(event.detail.pathInfo?.requestPath ?? "");
  if (!turned) return form.querySelectorAll('input[type="hidden"][name="row"]').forEach((kept) => kept.remove());
  for (const box of document.querySelectorAll('#list input[name="row"]:checked')) {
    const kept = document.createElement("input");
    Object.assign(kept, { type: "hidden", name: "row", value: box.value });
    form.append(kept);
  }
});
document.addEventListener("htmx:afterSettle", () => {
  const form = document.getElementById("selection");
  if (!form) return;
  for (const kept of form.querySelectorAll('input[type="hidden"][name="row"]')) {
    const box = document.querySelector(`#list input[name="row"][value="${kept.value}"]`);
    if (!box) continue;
    box.checked = true;
    kept.remove();
  }
  countChosen();
});
// Escape closes an open menu.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open]") ?? document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// What was found while typing: the arrow keys go through it, Escape or a click elsewhere puts it away.
document.addEventListener("keydown", (event) => {
  const found = document.getElementById("found");
  if (!found?.firstElementChild || !event.target.closest(".find")) return;
  const links = [...found.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  if (event.key === "Escape") {
    found.replaceChildren();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    if (next < 0) document.querySelector("[data-find]").focus();
    else links[Math.min(next, links.length - 1)]?.focus();
  }
});
document.addEventListener("click", (event) => {
  if (!event.target.closest?.(".find")) document.getElementById("found")?.replaceChildren();
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

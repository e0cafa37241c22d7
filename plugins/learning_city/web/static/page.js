// Conveniences only: every page works without this file.
"use strict";

// A changed filter is sent at once; the button beside it is for those without scripts.
for (const select of document.querySelectorAll("select[data-auto]")) {
  select.form.classList.add("auto");
  select.addEventListener("change", () => select.form.requestSubmit());
}

// Inside Airflow's frame, a link to Airflow itself moves Airflow, not the frame.
for (const link of document.querySelectorAll("a[data-airflow]")) {
  link.addEventListener("click", (event) => {
    if (window.parent === window) return;
    event.preventDefault();
    window.parent.history.pushState({}, "", link.getAttribute("href"));
    window.parent.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  });
}

// An upload shows how far it is; without scripts the browser's own sign does.
for (const form of document.querySelectorAll("form[data-progress]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const bar = form.appendChild(document.createElement("progress"));
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (sent) => {
      bar.max = sent.total;
      bar.value = sent.loaded;
    });
    request.addEventListener("load", () => {
      if (request.responseURL && request.status < 400) window.location.assign(request.responseURL);
      else form.submit();
    });
    request.addEventListener("error", () => form.submit());
    request.open("POST", form.action);
    request.send(new FormData(form));
    form.querySelector("button").disabled = true;
  });
}

// What was typed outlives a reload, until it was submitted.
for (const done of document.querySelectorAll("[data-done]")) sessionStorage.removeItem("draft-" + done.dataset.done);
for (const form of document.querySelectorAll("form[data-draft]")) {
  const key = "draft-" + form.dataset.draft;
  const kept = JSON.parse(sessionStorage.getItem(key) || "{}");
  const fields = [...form.elements].filter((field) => field.name && !["hidden", "radio"].includes(field.type));
  for (const field of fields) {
    if (kept[field.name] && (!field.value || field.value === field.defaultValue)) field.value = kept[field.name];
    field.addEventListener("input", () => {
      sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(fields.map((one) => [one.name, one.value]))));
    });
  }
}

const chosen = document.querySelector(".queue .on");
if (chosen) chosen.scrollIntoView({ block: "nearest" });
const cell = document.querySelector(".sheet .sel");
if (cell) cell.scrollIntoView({ block: "center", inline: "nearest" });
for (const title of document.querySelectorAll("[data-focus]")) title.focus();

// A, C, R: put the cursor into the field that is still needed; where nothing is, submit.
function missing(form, act) {
  const said = form.elements.code.value.startsWith(act.toUpperCase()) && !form.elements.code.value.endsWith("99");
  if (act === "c" && !form.elements.value.value.trim()) return form.elements.value;
  if (!said && !form.elements.why.value.trim()) return form.elements.why;
  if (act === "c" && !form.elements.basis.value.trim()) return form.elements.basis;
  return null;
}

// Keys as the title of J K says. Never while a field has the focus, but Escape, which leaves it.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const key = event.key.toLowerCase();
  if (event.key === "Escape" || event.key === "/") {
    const goal = document.querySelector(event.key === "/" ? "[data-search]" : ".queue .on a");
    if (goal) {
      event.preventDefault();
      goal.focus();
    }
    return;
  }
  const button = document.querySelector(`[data-act="${CSS.escape(key)}"]`);
  if (button) {
    event.preventDefault();
    const field = missing(button.form, key);
    if (field) field.focus();
    else button.form.requestSubmit(button);
    return;
  }
  const goal = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (goal) {
    event.preventDefault();
    goal.click();
  }
});

// A changed checkbox of a filter is sent at once, too.
for (const box of document.querySelectorAll("input[type=checkbox][data-auto]")) {
  box.addEventListener("change", () => box.form.requestSubmit());
}

// Choosing cells one after the other leaves the page where it was scrolled to.
const places = "scroll-" + location.pathname;
for (const link of document.querySelectorAll("a[data-stay]")) {
  link.addEventListener("click", () => sessionStorage.setItem(places, String(window.scrollY)));
}
if (sessionStorage.getItem(places) !== null && !location.hash) window.scrollTo(0, Number(sessionStorage.getItem(places)));
sessionStorage.removeItem(places);

// What takes longer than a second shows a skeleton below the header (the delay stands in the style).
function waits() {
  document.body.classList.add("waits");
}
window.addEventListener("pageshow", () => document.body.classList.remove("waits"));
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented && !event.target.hasAttribute("data-file")) waits();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const same = link && link.origin === location.origin && !link.hasAttribute("download") && !link.hasAttribute("data-airflow");
  if (!same || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  if (link.pathname !== location.pathname || link.search !== location.search) waits();
});

// Seconds in which something can still be taken back.
for (const form of document.querySelectorAll("form[data-seconds]")) {
  let left = Number(form.dataset.seconds);
  const clock = setInterval(() => {
    left -= 1;
    form.querySelector("[data-left]").textContent = String(Math.max(left, 0));
    if (left > 0) return;
    clearInterval(clock);
    form.querySelector("button").disabled = true;
  }, 1000);
}

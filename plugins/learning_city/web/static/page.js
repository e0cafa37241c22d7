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
for (const form of document.querySelectorAll("form[data-draft]")) {
  const field = form.elements.why;
  const key = "draft-" + form.dataset.draft;
  if (!field.value) field.value = sessionStorage.getItem(key) || "";
  field.addEventListener("input", () => sessionStorage.setItem(key, field.value));
}
for (const done of document.querySelectorAll("[data-done]")) sessionStorage.removeItem("draft-" + done.dataset.done);

const chosen = document.querySelector(".queue .on");
if (chosen) chosen.scrollIntoView({ block: "nearest" });
for (const title of document.querySelectorAll("[data-focus]")) title.focus();

// J K next and previous, A to the reason (again: submit). Never while a field has the focus.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const key = event.key.toLowerCase();
  const link = document.querySelector(`a[data-key="${CSS.escape(key)}"]`);
  if (link) link.click();
  const form = document.querySelector("form[data-draft]");
  if (key === "a" && form) {
    event.preventDefault();
    if (form.elements.why.value.trim()) form.requestSubmit();
    else form.elements.why.focus();
  }
});

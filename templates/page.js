"use strict";
/* Enhances a page that is complete without it: sortable tables, a filter, keys, copy buttons, and all details open in print. */
(() => {
  const sections = [...document.querySelectorAll("main > section")];
  const tables = [...document.querySelectorAll("table.sortable")];
  const filter = document.querySelector(".filter");
  const help = document.getElementById("help");

  const sortValue = (row, column, numeric) => {
    const cell = row.cells[column];
    return numeric ? Number(cell.dataset.value ?? 0) : cell.textContent.trim();
  };

  const sortBy = (table, heading, column) => {
    const numeric = heading.dataset.sort === "number";
    const first = numeric ? "descending" : "ascending";
    const other = numeric ? "ascending" : "descending";
    const direction = heading.getAttribute("aria-sort") === first ? other : first;
    for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", direction);
    const sign = direction === "ascending" ? 1 : -1;
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [sortValue(row, column, numeric), row]);
    rows.sort(([a], [b]) => sign * (numeric ? a - b : a.localeCompare(b)));
    body.append(...rows.map(([, row]) => row));
  };

  for (const table of tables) {
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      button.addEventListener("click", () => sortBy(table, heading, column));
      heading.append(button);
    });
  }

  const input = filter?.querySelector("input");
  if (filter) {
    filter.hidden = false;
    input.addEventListener("input", () => {
      const wanted = input.value.toLowerCase();
      let shown = 0;
      for (const table of tables) {
        for (const row of table.tBodies[0].rows) {
          row.hidden = !row.cells[0].textContent.toLowerCase().includes(wanted);
          if (!row.hidden) shown += 1;
        }
      }
      filter.querySelector("[role=status]").textContent = wanted ? `${shown} rows` : "";
    });
  }

  if (!filter) for (const each of help.querySelectorAll(".filtering")) each.remove();

  /* The focused section while it is on the screen, else the last one that begins near the top. */
  const current = () => {
    const focused = sections.indexOf(document.activeElement);
    const box = focused >= 0 && sections[focused].getBoundingClientRect();
    if (box && box.bottom > 0 && box.top < innerHeight) return focused;
    return Math.max(sections.filter((section) => section.getBoundingClientRect().top < 100).length - 1, 0);
  };

  const go = (step) => {
    const section = sections[Math.min(Math.max(current() + step, 0), sections.length - 1)];
    section.scrollIntoView();
    section.focus({ preventScroll: true });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === input) {
      if (event.key === "Escape") input.blur();
      return;
    }
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "?") help.open ? help.close() : help.showModal();
    else if (event.key === "/" && input) {
      event.preventDefault();
      input.scrollIntoView({ block: "center" });
      input.focus();
    }
  });

  /* What people paste elsewhere gets a button. Where a browser keeps the clipboard back, the text is selected instead. */
  const copy = async (source, status) => {
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      status.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(source);
      status.textContent = document.execCommand("copy") ? "Copied." : "Selected: copy it with the keyboard.";
    }
    setTimeout(() => { status.textContent = ""; }, 4000);
  };

  for (const source of document.querySelectorAll("[data-copy]")) {
    const line = document.createElement("p");
    const button = document.createElement("button");
    const status = document.createElement("span");
    line.className = "copy";
    button.type = "button";
    button.textContent = `Copy ${source.dataset.copy}`;
    status.setAttribute("role", "status");
    button.addEventListener("click", () => copy(source, status));
    line.append(button, " ", status);
    source.after(line);
  }

  /* A link into a folded card opens it. */
  const unfold = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const details = target && target.matches(".card") ? target.querySelector("details") : null;
    if (details && details.parentElement === target) details.open = true;
  };
  addEventListener("hashchange", unfold);
  unfold();

  /* A printed page cannot be unfolded. */
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const details of closed) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of closed) details.open = false;
  });
})();

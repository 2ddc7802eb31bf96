// Sorts a table by the column whose button is pressed. Without it the page is the same, in the order of the framework.
"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const said = document.getElementById("said");
  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.sort === undefined ? cell.textContent.trim() : cell.dataset.sort;
  };
  const compare = (a, b) => {
    // What is empty stands last, whichever way the column is sorted.
    if (a === "" || b === "") return null;
    const first = Number(a), second = Number(b);
    if (!Number.isNaN(first) && !Number.isNaN(second)) return first - second;
    return a.localeCompare(b, "en-GB", { numeric: true });
  };
  table.tHead.rows[0].querySelectorAll("button").forEach((button) => {
    const head = button.closest("th");
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = Array.from(body.rows, (row, place) => [row, value(row, head.cellIndex), place]);
      rows.sort(([, a, i], [, b, j]) => {
        const order = compare(a, b);
        if (order === null) return (a === "") - (b === "") || i - j;
        return (down ? -order : order) || i - j;
      });
      body.append(...rows.map(([row]) => row));
      said.textContent = `Sorted by ${button.textContent.trim()}, ${down ? "highest first" : "lowest first"}.`;
    });
  });
}

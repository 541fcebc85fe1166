// Small helpers around the document. Text is always set as text, so nothing an author writes becomes markup here.

export const byId = (id) => document.getElementById(id);

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

export const plural = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;

// A place in a file, which a click copies.
export function placeButton(place) {
  const button = make("button", { type: "button", class: "place", title: "Copy" }, place);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(place);
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 1200);
  });
  return button;
}

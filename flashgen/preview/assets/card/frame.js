// A card's frame has the focus after a click into it: hand the page its keys, and the place that was scrolled to.
{
  const place = Number(new URLSearchParams(location.hash.slice(1)).get("y"));
  if (place) addEventListener("load", () => scrollTo(0, place));
  addEventListener("scroll", () => parent.postMessage({ scroll: scrollY }, "*"));
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.id === "typeans") return;
    if (event.key === " " && event.target.closest("button, a, summary")) return;
    if ([" ", "ArrowLeft", "ArrowRight", "/"].includes(event.key)) event.preventDefault();
    parent.postMessage({ key: event.key }, "*");
  });
}

// A card's frame has the focus after a click into it: hand the page its keys, and the place that was scrolled to. Its
// buttons play what Anki would play.
{
  const player = document.createElement("video"); // plays sounds as well
  player.controls = true;
  // Anki shows a video in a window of its own; here it comes below its button.
  player.addEventListener("loadedmetadata", () => (player.hidden = !player.videoHeight));
  addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-sound]");
    if (!button) return;
    player.src = button.dataset.sound;
    player.hidden = true;
    button.after(player);
    player.play().catch(() => (player.hidden = false)); // its own controls tell that it cannot be played
  });
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

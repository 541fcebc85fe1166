// The words of a card that are seen, without spaces; mathematics and typed answers, which each client draws in its own
// way, left out.
(() => {
  const walk = document.createTreeWalker(document.getElementById("qa") ?? document.body, NodeFilter.SHOW_TEXT);
  let words = "";
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (parent.checkVisibility() && !parent.closest("script, style, math, mjx-container, #typeans"))
      words += walk.currentNode.data.replace(/\s+/g, "");
  }
  return words;
})()

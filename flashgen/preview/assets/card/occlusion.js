// What Anki's own script does when a card calls `anki.imageOcclusion.setup()`: it draws the masks over the picture.
const anki = {
  imageOcclusion: (() => {
    const MASK = "#ffeba2";
    let shown = null; // what to draw on: the canvas, or null before the picture is there

    function setup() {
      const image = document.querySelector("#image-occlusion-container img");
      if (!image || image.complete) requestAnimationFrame(prepare);
      else for (const event of ["load", "error"]) image.addEventListener(event, () => requestAnimationFrame(prepare));
    }

    function prepare() {
      const container = document.getElementById("image-occlusion-container");
      const image = container?.querySelector("img");
      const canvas = document.getElementById("image-occlusion-canvas");
      if (!canvas) return;
      if (!image) {
        container.innerText = "No image to show";
        return;
      }
      container.style.aspectRatio = `${image.naturalWidth / image.naturalHeight}`;
      const button = document.getElementById("toggle");
      if (!shown && button) {
        if (document.querySelector('[data-occludeinactive="1"]')) button.addEventListener("click", toggle);
        else button.style.display = "none";
      }
      if (!shown) addEventListener("resize", () => draw());
      shown = { canvas, masks: true };
      draw();
    }

    function toggle() {
      shown.masks = !shown.masks;
      draw();
    }

    function draw() {
      const { canvas } = shown;
      canvas.width = canvas.clientWidth * devicePixelRatio;
      canvas.height = canvas.clientHeight * devicePixelRatio;
      const look = looks(canvas);
      for (const shape of shapes(".cloze")) paint(canvas, shape, look.active);
      for (const shape of shapes(".cloze-inactive")) {
        if (shape.occludeinactive !== "1") continue;
        const own = shape.fill && shape.fill !== MASK ? { fill: shape.fill } : {};
        paint(canvas, shape, { ...look.inactive, ...own });
      }
      for (const shape of shapes(".cloze-highlight")) paint(canvas, shape, look.highlight);
    }

    function shapes(selector) {
      const found = [...document.querySelectorAll(`div${selector}[data-shape]`)].map((div) => div.dataset);
      return shown.masks ? found : found.filter((shape) => shape.shape === "text");
    }

    // Colours and borders are variables of the canvas' style.
    function looks(canvas) {
      const style = getComputedStyle(canvas);
      const look = (name, fill, stroke) => {
        const [width, color] = style.getPropertyValue(`--${name}-shape-border`).split(" ").filter(Boolean);
        const lineWidth = parseFloat(width);
        return {
          fill: style.getPropertyValue(`--${name}-shape-color`).trim() || fill,
          stroke: color || stroke,
          lineWidth: Number.isNaN(lineWidth) ? 1 : lineWidth,
        };
      };
      return {
        active: look("active", "#ff8e8e", "#212121"),
        inactive: look("inactive", MASK, "#212121"),
        highlight: look("highlight", "#ff8e8e00", "#ff8e8e"),
      };
    }

    function paint(canvas, shape, look) {
      const context = canvas.getContext("2d");
      const x = (value) => Math.round((parseFloat(value) || 0) * canvas.width);
      const y = (value) => Math.round((parseFloat(value) || 0) * canvas.height);
      const [left, top] = [x(shape.left), y(shape.top)];
      context.save();
      context.fillStyle = look.fill;
      context.strokeStyle = look.stroke;
      context.lineWidth = look.lineWidth;
      if (shape.shape !== "polygon") {
        // An angle is stored as so many parts of 10,000 of a turn, about the shape's corner.
        context.translate(left, top);
        context.rotate((((Number(shape.angle) || 0) % 10000) / 10000) * 2 * Math.PI);
        context.translate(-left, -top);
      }
      if (shape.shape === "text") {
        write(context, shape, left, top, canvas.height);
      } else {
        context.beginPath();
        outline(context, shape, left, top, x, y);
        context.closePath();
        context.fill();
        if (look.lineWidth) context.stroke();
      }
      context.restore();
    }

    function outline(context, shape, left, top, x, y) {
      if (shape.shape === "rect") {
        context.rect(left, top, x(shape.width), y(shape.height));
      } else if (shape.shape === "ellipse") {
        const [rx, ry] = [x(shape.rx), y(shape.ry)];
        context.ellipse(left + rx, top + ry, rx, ry, 0, 0, Math.PI * 2);
      } else if (shape.shape === "polygon") {
        const points = (shape.points || "0,0").split(" ").map((pair) => pair.split(","));
        const placed = points.map(([across, down]) => [x(across), y(down)]);
        const shiftX = left - Math.min(...placed.map(([across]) => across));
        const shiftY = top - Math.min(...placed.map(([, down]) => down));
        for (const [across, down] of placed) context.lineTo(across + shiftX, down + shiftY);
      }
    }

    function write(context, shape, left, top, height) {
      const scale = parseFloat(shape.scale) || 1;
      const lines = (shape.text ?? "").split("\n");
      context.font = `${shape.fontSize ? parseFloat(shape.fontSize) * height : 40}px Arial`;
      context.textBaseline = "top";
      context.scale(scale, scale);
      const letter = context.measureText("M");
      const step = 1.5 * (letter.actualBoundingBoxAscent + letter.actualBoundingBoxDescent);
      const width = Math.max(...lines.map((line) => context.measureText(line).width));
      context.fillStyle = "#ffffff";
      context.fillRect(left / scale, top / scale, width + 5, step * lines.length + 5);
      context.fillStyle = shape.fill ?? "#000000";
      lines.forEach((line, number) => context.fillText(line, left / scale, top / scale + number * step));
    }

    return { setup };
  })(),
};
globalThis.anki = anki;

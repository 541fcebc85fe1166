// Where data comes from in an exported folder: scripts that call `previewData`, since a page opened from the disk may
// load nothing else.

const arrived = new Map();
const waiting = new Map();

globalThis.previewData = (name, data) => {
  arrived.set(name, data);
  waiting.get(name)?.(data);
};

function loadScript(name) {
  if (!arrived.has(name)) {
    const script = document.createElement("script");
    script.src = `data/${name}.js`;
    arrived.set(name, new Promise((resolve) => waiting.set(name, resolve)));
    document.head.append(script);
  }
  return arrived.get(name);
}

const chunkOf = async (note) => (await loadScript(`notes-${Math.floor(note.number / (await loadScript("shells")).chunk)}`))[note.guid];

// The media that a document names, put into it: a frame without rights may load no file from the disk.
async function withMedia(text, names) {
  for (const name of names.filter((each) => text.includes(each))) {
    text = text.replaceAll(name, await loadScript(`media/${name}`));
  }
  return text;
}

export const exported = {
  index: () => loadScript("index"),
  texts: () => loadScript("texts"),
  changes: async (note) => (await chunkOf(note)).changes,

  async fillFrame(frame, { note, ord, side, client, night }) {
    const { shells, styles, media } = await loadScript("shells");
    const [question, answer] = (await chunkOf(note)).cards[ord];
    const parts = {
      "%media%": "",
      "%number%": ord + 1,
      "%css%": styles[note.type.number],
      "%body%": side === "question" ? question : answer,
    };
    const shell = shells[`${client}-${night ? 1 : 0}`];
    frame.srcdoc = await withMedia(shell.replace(/%(media|number|css|body)%/g, (slot) => parts[slot]), media);
  },

  follow() {},
};

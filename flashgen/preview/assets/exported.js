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

export const exported = {
  index: () => loadScript("index"),
  texts: () => loadScript("texts"),
  changes: async (note) => (await chunkOf(note)).changes,

  async fillFrame(frame, { note, ord, side, client, night }) {
    const { shells, styles } = await loadScript("shells");
    const [question, answer] = (await chunkOf(note)).cards[ord];
    const parts = {
      "%media%": "media/",
      "%number%": ord + 1,
      "%css%": styles[note.type.number],
      "%body%": side === "question" ? question : answer,
    };
    frame.srcdoc = shells[`${client}-${night ? 1 : 0}`].replace(/%(media|number|css|body)%/g, (slot) => parts[slot]);
  },

  follow() {},
};

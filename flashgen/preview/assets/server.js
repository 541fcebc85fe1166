// Where data comes from while `flashgen preview` runs.

const get = async (path) => (await fetch(path)).json();

export const server = {
  index: () => get("index.json"),
  texts: () => get("texts.json"),
  changes: (note) => get(`changes/${encodeURIComponent(note.guid)}`),

  fillFrame(frame, { note, ord, side, client, night, scroll }) {
    const look = `client=${client}&night=${night ? 1 : 0}&state=${note.stamp}`;
    frame.src = `cards/${encodeURIComponent(note.guid)}/${ord}/${side}?${look}#y=${scroll}`;
  },

  // Calls back with every new state, and with null where the server is gone.
  follow(callback) {
    const events = new EventSource("events");
    events.addEventListener("message", (event) => callback(JSON.parse(event.data)));
    events.addEventListener("error", () => callback(null));
  },
};

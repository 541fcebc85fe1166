// The index as the server sends it, with its numbers turned back into what they stand for; and what passes filters.

const STATES = ["unchanged", "new", "changed"];

export function readIndex(index) {
  const types = index.types.map((type, number) => ({ ...type, number }));
  const notes = index.notes.map((row, number) => {
    const [guid, title, edition, deck, type, tags, fact, path, line, state, stamp, ords] = row;
    return {
      number, guid, title, fact, stamp, ords,
      edition: index.editions[edition],
      deck: index.decks[deck],
      type: types[type],
      tags: tags.map((tag) => index.tags[tag]),
      place: `${index.paths[path]}:${line}`,
      state: index.editions[edition].since ? STATES[state] : "",
      findings: [],
    };
  });
  for (const finding of index.findings) {
    for (const number of finding.notes) notes[number].findings.push(finding);
  }
  const cards = notes.flatMap((note) =>
    note.ords.map((ord) => ({ note, ord, key: `${note.guid}.${ord}`, name: cardName(note, ord) })),
  );
  return { project: index.project, findings: index.findings, notes, cards };
}

const cardName = (note, ord) => note.type.cards[ord] ?? `gap ${ord + 1}`;

// What can be chosen by: a name, and what a note has of it, all of which lead to the note.
export const FACETS = {
  deck: { label: "Deck", of: (note) => parents(note.deck) },
  language: { label: "Language", of: (note) => [note.edition.language] },
  kind: { label: "Kind", of: (note) => [note.type.kind] },
  tag: { label: "Tag", of: (note) => [...new Set(note.tags.flatMap(parents))] },
  finding: {
    label: "Findings",
    of: (note) => (note.findings.length ? ["any", ...new Set(note.findings.map((finding) => finding.rule))] : ["none"]),
  },
  state: { label: "Changes", of: (note) => (note.state ? [note.state] : []) },
};

// `a::b::c` is in `a` and in `a::b` too.
function parents(name) {
  const parts = name.split("::");
  return parts.map((_, number) => parts.slice(0, number + 1).join("::"));
}

// How many cards each value of a facet has, in the order of their first notes; tags and findings by name.
export function countValues(cards, facet) {
  const counts = new Map();
  for (const { note } of cards) {
    for (const value of FACETS[facet].of(note)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const entries = [...counts];
  return facet === "tag" ? entries.sort(([one], [other]) => (one < other ? -1 : 1)) : entries;
}

export function choose(cards, filters, texts) {
  const wanted = Object.entries(filters).filter(([facet, value]) => value && FACETS[facet]);
  const words = plain(filters.search ?? "").split(/\s+/).filter(Boolean);
  const passes = (note) =>
    wanted.every(([facet, value]) => FACETS[facet].of(note).includes(value)) &&
    (!words.length || words.every((word) => texts[note.number].includes(word)));
  const known = new Map();
  return cards.filter(({ note }) => {
    if (!known.has(note)) known.set(note, passes(note));
    return known.get(note);
  });
}

export const plain = (text) => text.normalize("NFC").toLowerCase();

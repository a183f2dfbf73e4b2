// Of which questions a figure is made follows from the questionnaire, whose hash the descriptor of the round fixed: so no server can
// leave a question out of a mean afterwards. docs/questionnaire.md has the format; src/pulse/close_plan.c the same rules.

// {kind, id, attributes: Map of word to rest of line} of each block
function blocksOf(text) {
  const blocks = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [word, ...rest] = line.trim().split(' ');
    if (!line.startsWith(' ')) blocks.push({ kind: word, id: rest[0], attributes: new Map() });
    else blocks.at(-1).attributes.set(word, rest.join(' '));
  }
  return blocks;
}

function readItem({ id, attributes }, constructs) {
  const construct = constructs.get(attributes.get('construct'));
  return {
    name: (attributes.has('reversed') ? '-' : '') + id,
    construct: construct.id,
    line: construct.attributes.has('line'),
    anchor: attributes.has('anchor'),
    aboutLeader: Array.from(attributes.values()).some((text) => text.includes('{L}')),
    aboutLeaderIsDue: construct.attributes.has('about-leader'),
  };
}

// text: of the questionnaire; round: its descriptor. A Map from each figure to its questions, as the result statement names them.
export function figuresOf(text, round) {
  const blocks = blocksOf(text);
  const constructs = new Map(blocks.filter(({ kind }) => kind === 'construct').map((block) => [block.id, block]));
  const asked = new Map(blocks.filter(({ kind }) => kind === 'item').map((block) => [block.id, readItem(block, constructs)]));
  const figures = new Map();
  const add = (figure, name) => figures.set(figure, [...(figures.get(figure) ?? []), name]);
  for (const id of round.items.filter((one) => one !== 'promise')) {
    const item = asked.get(id);
    if (!item.line || item.anchor) add(item.construct, item.name);
    if (item.line && round.form === 'full' && item.aboutLeader === item.aboutLeaderIsDue) add(`${item.construct}-scale`, item.name);
  }
  return new Map(Array.from(figures, ([figure, names]) => [figure, names.join(' ')]));
}

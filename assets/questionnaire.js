// Of which questions a figure is made follows from the questionnaire, whose hash the descriptor of the round fixed: so no server can
// leave a question out of a mean afterwards; nor ask in other words than those that everybody was asked in. docs/questionnaire.md has the format; src/pulse/close_plan.c the same rules.

// {kind, id, value: the rest of its line, attributes: Map of word to rest of line} of each block
function blocksOf(text) {
  const blocks = [];
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const [word, ...rest] = trimmed.split(' ');
    if (!line.startsWith(' ')) blocks.push({ kind: word, id: rest[0], value: rest.join(' '), attributes: new Map() });
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

// What can be said of a promise: the program's own words, in po/pulse.*.po too.
const PROMISE_OPTIONS = [
  ['Yes', 'Partly', 'No', 'I have not seen it'],
  ['Ja', 'Deels', 'Nee', 'Dat heb ik niet gezien'],
];

const plain = (text = '') => text.replace(/\s+/g, ' ').trim();

// Whether a page asks in the words of the questionnaire. shown: of each question {item, language, frame, sentences: wherever it stands,
// options: from the lowest on, none}; the question of a promise has its words from the round and from the program.
export function isWorded(text, round, shown) {
  const blocks = blocksOf(text);
  const find = (kind, id) => blocks.find((block) => block.kind === kind && (id === undefined || block.id === id));
  const said = (block, language) => plain(block?.attributes.get(language));
  const isSame = (words, wanted) => wanted !== '' && plain(words) === wanted;
  const isGood = ({ item, language, frame, sentences, options, none }) => {
    if (!isSame(none, said(find('no-answer'), language))) return false;
    const areOptions = (labels) => options.length === labels.length && options.every((words, i) => isSame(words, labels[i]));
    if (item === 'promise') return isSame(frame, plain(round.promise)) && PROMISE_OPTIONS.some(areOptions);
    const sentence = plain(said(find('item', item), language).replaceAll('{L}', () => round.leader));
    const labels = blocks.filter(({ kind }) => kind === 'option').map((block) => said(block, language));
    return isSame(frame, plain(find(`frame.${language}`)?.value)) && sentences.every((words) => isSame(words, sentence)) && areOptions(labels);
  };
  return shown.every(isGood) && shown.map(({ item }) => item).join(' ') === round.items.join(' ');
}

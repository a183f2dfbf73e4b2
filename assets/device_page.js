// On the page about oneself: which of the devices is this one (src/people/me.html).
import { ownPoint } from './device.js';

const list = document.querySelector('[data-person]');
const own = await ownPoint(list.dataset.person);
for (const item of list.querySelectorAll('[data-device]'))
  item.querySelector('[data-own]').hidden = item.dataset.device !== own;

// On a page without questions: what this device kept of rounds that are over goes away.
import { forgetPast } from './answer_store.js';

forgetPast();

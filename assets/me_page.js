// What the page about oneself needs of this device.
import './device_page.js';
import './recovery_page.js';

// Everything works without this. It keeps a second press on a button from sending a form twice: the browser would
// drop the answer to the first, and with it the session that a sign-in or a claim began.
const WAIT_MILLISECONDS = 8000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    return;
  }
  form.setAttribute("aria-busy", "true");
  setTimeout(() => form.removeAttribute("aria-busy"), WAIT_MILLISECONDS);
});

// A page that comes back from the browser's memory begins anew.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
});

// An answer that waits on this device goes from whatever page is open when its moment has come.
try {
  if (localStorage.getItem("hecht-waiting")) import("./answer_queue.js").then((queue) => queue.watchQueue());
  // And one whose round has closed is looked up in what was published.
  if (localStorage.getItem("hecht-to-check") && !document.getElementById("check"))
    import("./check_notice.js").then((check) => check.tellOnce());
} catch {
  // no storage, nothing that could wait
}

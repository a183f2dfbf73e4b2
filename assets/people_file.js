// A file of people is read here and put into the field below, so that what is sent can be seen. Without this script the
// rows are pasted.
const part = document.querySelector('[data-file]');
const field = document.getElementById('file');

// Excel writes Windows-1252 unless it is asked for UTF-8.
function decode(bytes) {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

part.hidden = false;
part.querySelector('input').addEventListener('change', async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  const told = part.querySelector('[data-file-read]');
  if (file.size > Number(part.dataset.file) * 2 ** 20) {
    told.textContent = told.dataset.large;
    return;
  }
  field.value = decode(await file.arrayBuffer());
  told.textContent = `${told.dataset.text} ${file.name}`;
});

// The browser's own meaning of these keys (help, find, address line, menu, reload) would take the officer away from
// the desk. The desk still hears them.
window.addEventListener("keydown", (event) => {
  const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
  if ((plain && /^F([1-9]|10)$/.test(event.key)) || (event.ctrlKey && event.key.toLowerCase() === "l")) {
    event.preventDefault();
  }
}, { capture: true });

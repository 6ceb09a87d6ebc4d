// Before the first picture: the reader's choice of light or dark, where one was made.
try {
  const theme = localStorage.getItem("kb-theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // storage is closed: the system decides
}

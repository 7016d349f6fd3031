// The Copy buttons: each names the text that it copies.
document.documentElement.classList.add('js');
document.addEventListener('click', async (event) => {
  const button = event.target.closest('button[data-copy]');
  const text = button && document.getElementById(button.dataset.copy);
  if (!text) return;
  const word = button.firstChild;
  try {
    await navigator.clipboard.writeText(text.textContent);
    word.data = 'Copied';
  } catch {
    // Whoever may not write to the clipboard has the text chosen, and copies it by hand.
    getSelection().selectAllChildren(text);
    word.data = 'Chosen';
  }
  const news = document.getElementById('news');
  if (news) news.textContent = word.data;
  setTimeout(() => { word.data = 'Copy'; }, 3000);
});

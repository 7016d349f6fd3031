// Keeps the page up to date: when the server says that something changed, the page is fetched anew and its regions replaced. What the
// reader has chosen, opened and reached stays.
(() => {
  const sign = document.getElementById('live');
  const news = document.getElementById('news');
  const shown = document.getElementById('shown');
  const follows = shown !== null && shown.hasAttribute('data-follows');
  const regions = follows ? ['counts', 'clients', 'shown'] : ['counts', 'clients'];
  // As they came: what the reader opens changes the elements themselves.
  const last = new Map(regions.map((id) => [id, document.getElementById(id)?.outerHTML]));
  // Between two questions, in milliseconds: a verdict is to be there at once, and a server is not to be asked without an end.
  const PAUSE = 50;
  let fetching = false;
  let again = false;

  const say = (words, state) => {
    sign.textContent = words;
    sign.className = state;
  };

  // How an element that has the focus is found again in what replaces it.
  const pathOf = (element) => {
    if (element.id) return '#' + CSS.escape(element.id);
    if (element.localName === 'summary' && element.parentElement.id) {
      return '#' + CSS.escape(element.parentElement.id) + ' > summary';
    }
    for (const name of ['href', 'data-copy']) {
      const value = element.getAttribute(name);
      if (value !== null) return element.localName + '[' + name + '="' + CSS.escape(value) + '"]';
    }
    return null;
  };

  const replace = (old, fresh) => {
    const active = document.activeElement;
    const path = old.contains(active) ? pathOf(active) : null;
    const top = old.scrollTop;
    const isSame = old.querySelector('h1')?.textContent === fresh.querySelector('h1')?.textContent;
    for (const details of old.querySelectorAll('details[id]')) {
      const other = fresh.querySelector('#' + CSS.escape(details.id));
      if (other) other.open = details.open || (!isSame && other.open);
    }
    // The program that the reader chose, wherever there is a line for it; what was chosen for him is none.
    const chosen = [...old.querySelectorAll('input:checked')].filter((input) => !input.defaultChecked);
    const programs = new Set(chosen.map((input) => input.value));
    const groups = new Set();
    for (const input of fresh.querySelectorAll('input')) {
      if (!programs.has(input.value) || groups.has(input.name)) continue;
      groups.add(input.name);
      input.checked = true;
    }
    old.replaceWith(document.adoptNode(fresh));
    fresh.scrollTop = top;
    if (path) fresh.querySelector(path)?.focus({ preventScroll: true });
  };

  const put = (page) => {
    const y = scrollY;
    let isNew = false;
    for (const id of regions) {
      const old = document.getElementById(id);
      const fresh = page.getElementById(id);
      if (!old || !fresh || fresh.outerHTML === last.get(id)) continue;
      last.set(id, fresh.outerHTML);
      isNew ||= id === 'shown';
      replace(old, fresh);
    }
    if (!isNew) return;
    scrollTo(0, y);
    document.title = page.title;
    const icon = page.getElementById('icon');
    if (icon) document.getElementById('icon').href = icon.getAttribute('href');
    const verdict = document.querySelector('#shown h1');
    if (verdict) news.textContent = page.title.split(' · ')[0] + ': ' + verdict.textContent;
  };

  const refresh = async () => {
    again = true;
    if (fetching) return;
    fetching = true;
    while (again) {
      again = false;
      try {
        const answer = await fetch(location.pathname + location.search, { cache: 'no-store' });
        if (answer.ok) put(new DOMParser().parseFromString(await answer.text(), 'text/html'));
      } catch {
        // The source of events says that nobody is there.
      }
      await new Promise((done) => setTimeout(done, PAUSE));
    }
    fetching = false;
  };

  const listen = () => {
    const source = new EventSource('/events');
    source.addEventListener('open', () => {
      say('live', 'on');
      // What came before, or between two connections.
      refresh();
    });
    source.addEventListener('changed', refresh);
    source.addEventListener('message', refresh);
    source.addEventListener('error', () => {
      say('not connected', 'off');
      // It tries again by itself, unless it was refused.
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
    });
  };
  listen();
})();

(() => {
  const wide = matchMedia('(min-width:860px)');
  // On a phone a mail opens as a page of its own: Back comes home again.
  const aim = () => document.querySelectorAll('a.mail').forEach(a => {
    const home = a.closest('.partnership').id;
    if (wide.matches) a.target = 'mail-' + home; else a.removeAttribute('target');
  });
  aim(); wide.addEventListener('change', aim);
  const apply = form => {
    const [person, kind, month] = ['person', 'kind', 'month'].map(n => form.elements[n].value);
    let shown = 0;
    for (const li of form.nextElementSibling.querySelectorAll('.mails>li')) {
      const fits = (!person || li.dataset.w === person) && (!kind || li.dataset.k === kind) &&
        (!month || li.dataset.m.split(' ').includes(month));
      li.hidden = !fits; shown += fits;
    }
    form.querySelector('output').textContent = shown + (shown === 1 ? ' mail' : ' mails');
  };
  document.querySelectorAll('.filters').forEach(form => {
    form.addEventListener('change', () => apply(form));
    form.addEventListener('submit', e => e.preventDefault());
  });
  document.addEventListener('click', e => {
    const link = e.target.closest('a.filter');
    if (link) {
      const form = document.querySelector('.filters[data-p="' + link.dataset.p + '"]');
      form.elements.person.value = form.elements.kind.value = '';
      form.elements.month.value = link.dataset.month;
      apply(form);
    }
    const mail = e.target.closest('a.mail');
    if (mail) {
      document.querySelectorAll('a[aria-current]').forEach(a => a.removeAttribute('aria-current'));
      mail.setAttribute('aria-current', 'true');
      if (wide.matches && mail.closest('.leader')) mail.closest('.partnership').querySelector('.post').scrollIntoView();
    }
  });
})();

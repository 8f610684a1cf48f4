/** @file Definitions: shown under what they define while it is hovered or has the focus, on touch after a tap. */

/** Makes every definition appear without a click. Without this script a click shows it in the middle of the page. */
export function showDefinitions() {
  for (const button of document.querySelectorAll('button.term')) {
    const tip = document.getElementById(button.getAttribute('popovertarget') ?? '');
    if (!(button instanceof HTMLElement) || !tip?.showPopover) continue;
    // From here on a click is free for sorting, and nothing closes the definition but leaving.
    button.removeAttribute('popovertarget');
    button.setAttribute('aria-describedby', tip.id);
    tip.setAttribute('popover', 'manual');
    const show = () => {
      if (tip.matches(':popover-open')) return;
      tip.showPopover();
      place(tip, button);
    };
    const hide = () => {
      if (tip.matches(':popover-open') && document.activeElement !== button) tip.hidePopover();
    };
    button.addEventListener('pointerenter', show);
    button.addEventListener('pointerleave', hide);
    button.addEventListener('focus', show);
    button.addEventListener('click', show);
    button.addEventListener('blur', () => tip.matches(':popover-open') && tip.hidePopover());
    button.addEventListener('keydown', (event) => event.key === 'Escape' && tip.hidePopover());
    addEventListener('scroll', () => tip.matches(':popover-open') && place(tip, button), {
      passive: true,
      capture: true,
    });
  }
}

/**
 * Under its button where there is room, else above it, never beyond the edges of the window.
 * @param {HTMLElement} tip
 * @param {HTMLElement} button
 */
function place(tip, button) {
  const at = button.getBoundingClientRect();
  const own = tip.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, document.documentElement.clientWidth - own.width - 8));
  const below = at.bottom + 6;
  tip.style.margin = '0';
  tip.style.left = `${left}px`;
  tip.style.top = `${below + own.height < innerHeight ? below : Math.max(8, at.top - own.height - 6)}px`;
}

/* Warns five minutes before the session ends, and leaves for the log-in when it has: computers are shared. */
(() => {
  "use strict";

  const box = document.querySelector("dialog[data-session-seconds]");
  if (!box || !box.showModal) return;
  const KEY = "dvctt-session-until";
  const WARNING_MS = 5 * 60 * 1000;
  let until = 0;

  /* Another tab that asked for a page keeps this one's session too. */
  const read = () => {
    try {
      return Math.max(until, Number(localStorage.getItem(KEY)) || 0);
    } catch {
      return until;
    }
  };
  const extend = (seconds) => {
    until = Date.now() + seconds * 1000;
    try {
      localStorage.setItem(KEY, String(until));
    } catch {
      /* Without storage each tab counts for itself. */
    }
  };
  const send = (address) => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    return fetch(address, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token ? token.value : "" },
    });
  };
  /* The server may count up to a minute longer, and would take the log-in page for a sign of life. */
  const leave = async () => {
    try {
      await send(box.dataset.logOutUrl);
    } catch {
      /* No connection: the session ends by itself. */
    }
    const here = encodeURIComponent(location.pathname + location.search);
    location.assign(`${box.dataset.logInUrl}?next=${here}`);
  };
  const stay = async () => {
    try {
      const answer = await send(box.dataset.stayUrl);
      // An ended session is answered by the log-in page.
      if (answer.redirected || !answer.ok) {
        leave();
        return;
      }
      extend((await answer.json()).seconds);
      box.close();
    } catch {
      /* No connection: the warning stays, the button may be pressed again. */
    }
  };
  const look = () => {
    const left = read() - Date.now();
    if (left <= 0) {
      clearInterval(timer);
      leave();
    } else if (left <= WARNING_MS) {
      if (!box.open) box.showModal();
    } else if (box.open) {
      box.close();
    }
  };

  box.querySelector("button").addEventListener("click", stay);
  box.addEventListener("cancel", (event) => {
    event.preventDefault();
    stay();
  });
  extend(Number(box.dataset.sessionSeconds));
  const timer = setInterval(look, 1000);
})();

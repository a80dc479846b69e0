/* What the pages do beyond HTML. Nothing here is needed to get the work done: see docs/look.md. */
(() => {
  "use strict";

  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

  /* Focus on the summary of errors, so that it is the first thing read. */
  const takeFocus = () => {
    const summary = document.querySelector("[data-take-focus]");
    if (summary) summary.focus();
  };

  /* "Hiện mật khẩu": the button exists only where it can work. */
  const showPassword = (box) => {
    const input = box.querySelector("input");
    if (!input) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn quiet";
    const show = (visible) => {
      input.type = visible ? "text" : "password";
      button.textContent = visible ? "Ẩn" : "Hiện";
      button.setAttribute("aria-label", visible ? "Ẩn mật khẩu" : "Hiện mật khẩu");
    };
    show(false);
    button.addEventListener("click", () => show(input.type === "password"));
    // A password sent as text would stay in the browser's list of earlier entries.
    if (input.form) input.form.addEventListener("submit", () => show(false));
    box.append(button);
  };

  /* A job's progress: {state, percent, message, done_url}. */
  const followProgress = (box) => {
    const bar = box.querySelector("progress");
    const words = box.querySelector("[data-progress-message]");
    const share = box.querySelector("[data-progress-percent]");
    let wait = 700;
    const say = (text) => {
      if (words && text && words.textContent !== text) words.textContent = text;
    };
    const ask = async () => {
      try {
        const answer = await fetch(box.dataset.progressUrl, {
          headers: { Accept: "application/json" },
          cache: "no-store",
        });
        if (answer.redirected || answer.status === 401 || answer.status === 403) {
          location.reload();
          return;
        }
        if (!answer.ok) throw new Error(String(answer.status));
        const job = await answer.json();
        wait = 700;
        if (bar && typeof job.percent === "number") {
          bar.value = job.percent;
          if (share) share.textContent = String(Math.round(job.percent));
        } else if (bar) {
          bar.removeAttribute("value");
        }
        say(job.message);
        if (job.done_url) {
          location.assign(job.done_url);
          return;
        }
        if (job.state === "failed") {
          box.classList.add("failed");
          return;
        }
      } catch {
        wait = Math.min(wait * 2, 10000);
        say("Mất kết nối với máy chủ, đang thử lại…");
      }
      setTimeout(ask, wait);
    };
    setTimeout(ask, 300);
  };

  /* The rate of a row while its counts are being typed. The server computes the one that is kept. */
  const readCount = (text) => {
    const bare = text.replace(/[\s\u00a0\u202f]/g, "");
    if (/^\d{1,12}$/.test(bare)) return Number(bare);
    if (/^[1-9]\d{0,2}(\.\d{3}){1,4}$/.test(bare)) return Number(bare.replaceAll(".", ""));
    if (/^[1-9]\d{0,2}(,\d{3}){1,4}$/.test(bare)) return Number(bare.replaceAll(",", ""));
    return null;
  };
  window.dvcttReadCount = readCount; // the grid reads what is pasted as the rate reads what is typed
  const writeRate = (numerator, denominator) => {
    // In whole numbers, half up, as the server rounds: floats would turn 0,285 into 0,28.
    const hundredths = (BigInt(numerator) * 20000n + BigInt(denominator)) / (2n * BigInt(denominator));
    const whole = (hundredths / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ".");
    return `${whole},${(hundredths % 100n).toString().padStart(2, "0")}`;
  };
  const liveRate = (row) => {
    const numerator = row.querySelector("[data-numerator]");
    const denominator = row.querySelector("[data-denominator]");
    const output = row.querySelector("[data-rate]");
    if (!numerator || !denominator || !output) return;
    const refresh = () => {
      const above = readCount(numerator.value);
      const below = readCount(denominator.value);
      // A rate over 100 % is a slip of the pen, unless the row says that its indicator may exceed.
      const told = above !== null && below !== null && below > 0;
      const known = told && (above <= below || "mayExceed" in row.dataset);
      output.textContent = known ? writeRate(above, below) : "–";
    };
    row.addEventListener("input", (event) => {
      if (event.target === numerator || event.target === denominator) refresh();
    });
    row.addEventListener("entry-filled", refresh);
    if (numerator.value || denominator.value) refresh();
  };

  /* Charts: plotly and its rules are fetched only when one comes into view, after the table is there. */
  const VI = {
    moduleType: "locale",
    name: "vi",
    dictionary: {
      Autoscale: "Tự chỉnh thang",
      "Box Select": "Chọn vùng",
      "Compare data on hover": "So số liệu khi rê chuột",
      "Download plot": "Tải ảnh biểu đồ",
      "Download plot as a PNG": "Tải ảnh biểu đồ (PNG)",
      "Lasso Select": "Chọn tự do",
      Pan: "Kéo",
      "Reset axes": "Về thang đầu",
      "Show closest data on hover": "Hiện số gần nhất khi rê chuột",
      "Toggle Spike Lines": "Bật, tắt đường gióng",
      Zoom: "Phóng to vùng",
      "Zoom in": "Phóng to",
      "Zoom out": "Thu nhỏ",
    },
    format: {
      days: ["Chủ nhật", "Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy"],
      shortDays: ["CN", "T2", "T3", "T4", "T5", "T6", "T7"],
      months: Array.from({ length: 12 }, (_, i) => `tháng ${i + 1}`),
      shortMonths: Array.from({ length: 12 }, (_, i) => `${i + 1}`),
      date: "%d/%m/%Y",
      decimal: ",",
      thousands: ".",
      grouping: [3],
      currency: ["", " đ"],
    },
  };
  // showSendToCloud and plotlyServerURL: plotly 4 would otherwise offer to send the figures to a public site.
  const CONFIG = {
    displaylogo: false,
    showSendToCloud: false,
    plotlyServerURL: "",
    responsive: true,
    locale: "vi",
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
  };
  let plotly = null;
  const loaded = (element) =>
    new Promise((resolve, reject) => {
      element.addEventListener("load", resolve, { once: true });
      element.addEventListener("error", () => reject(new Error(element.src || element.href)), { once: true });
      document.head.append(element);
    });
  const loadPlotly = (box) => {
    plotly ??= (async () => {
      // With this id and class plotly leaves its rules to the file, and writes no <style> that the CSP would refuse.
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.id = "plotly.js-style-global";
      link.className = "no-inline-styles";
      link.href = box.dataset.plotlyCss;
      await loaded(link);
      const script = document.createElement("script");
      script.src = box.dataset.plotly;
      await loaded(script);
      window.Plotly.register(VI);
      return window.Plotly;
    })();
    return plotly;
  };
  const drawChart = async (box) => {
    const note = box.textContent;
    box.textContent = "Đang tải biểu đồ…";
    try {
      const [library, answer] = await Promise.all([
        loadPlotly(box),
        fetch(box.dataset.chartUrl, { headers: { Accept: "application/json" } }),
      ]);
      if (!answer.ok) throw new Error(String(answer.status));
      const figure = await answer.json();
      const style = getComputedStyle(document.body);
      const layout = {
        separators: ",.",
        paper_bgcolor: "rgba(0,0,0,0)",
        plot_bgcolor: "rgba(0,0,0,0)",
        margin: { l: 56, r: 16, t: 16, b: 48 },
        ...figure.layout,
        font: { family: style.fontFamily, size: 13, color: style.color, ...(figure.layout || {}).font },
      };
      box.textContent = "";
      box.classList.add("drawn");
      await library.newPlot(box, figure.data, layout, CONFIG);
      box.dataset.chartState = "drawn";
    } catch {
      box.classList.remove("drawn");
      box.dataset.chartState = "failed";
      box.textContent = note ? "Không tải được biểu đồ; số liệu đủ ở bảng trên." : "";
    }
  };
  const idle = window.requestIdleCallback || ((work) => setTimeout(work, 200));
  const waitForCharts = () => {
    const boxes = all("[data-chart-url]");
    if (!boxes.length) return;
    const seen = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          if (!entry.isIntersecting) continue;
          seen.unobserve(entry.target);
          idle(() => drawChart(entry.target));
        }
      },
      { rootMargin: "100px" },
    );
    boxes.forEach((box) => seen.observe(box));
  };

  /* On a phone the menu is one line that scrolls: bring the current item into view. */
  const showCurrent = () => {
    const menu = document.querySelector(".main-nav");
    const current = menu && menu.querySelector("[aria-current]");
    if (current) menu.scrollLeft = current.offsetLeft - (menu.clientWidth - current.offsetWidth) / 2;
  };

  /* On a shared machine what was typed and not saved goes with the person. */
  const forgetDrafts = () => {
    try {
      Object.keys(localStorage)
        .filter((key) => key.startsWith("dvctt:nhap:"))
        .forEach((key) => localStorage.removeItem(key));
    } catch {
      /* No store, nothing in it. */
    }
  };
  all("form[data-log-out]").forEach((form) => form.addEventListener("submit", forgetDrafts));

  takeFocus();
  showCurrent();
  all("[data-show-password]").forEach(showPassword);
  all("[data-progress-url]").forEach(followProgress);
  all("[data-entry-row]").forEach(liveRate);
  all("button[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  if (document.readyState === "complete") waitForCharts();
  else window.addEventListener("load", waitForCharts, { once: true });
})();

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

  document.addEventListener("dvctt-alive", () => extend(Number(box.dataset.sessionSeconds)));
  box.querySelector("button").addEventListener("click", stay);
  box.addEventListener("cancel", (event) => {
    event.preventDefault();
    stay();
  });
  extend(Number(box.dataset.sessionSeconds));
  const timer = setInterval(look, 1000);
})();

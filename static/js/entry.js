/* The entry grid beyond HTML: saving while typing, keys, pasting a block. Without it "Lưu nháp" does the work. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-save-url]");
  if (!form) return;
  const PARTS = ["n", "d", "s", "g"];
  const WORDS = { n: "Tử số", d: "Mẫu số" };
  const draftKey = `dvctt:nhap:${form.dataset.draftKey}`;
  const seen = form.elements.namedItem("seen_revision");
  const told = form.querySelector("[data-save-told]");
  const pasted = document.querySelector("[data-paste-told]");

  const cameWith = (input) => {
    if (!input.options) return input.defaultValue;
    const options = Array.from(input.options);
    return (options.find((option) => option.defaultSelected) || options[0]).value;
  };

  class Row {
    constructor(element) {
      this.element = element;
      this.key = element.dataset.row;
      this.inputs = {};
      for (const part of PARTS) {
        const input = form.elements.namedItem(`${part}-${this.key}`);
        if (input) this.inputs[part] = input;
      }
      this.was = form.elements.namedItem(`was-${this.key}`);
      this.state = element.querySelector("[data-state]");
      this.message = document.createElement("span");
      this.message.className = "msg";
      this.message.hidden = true;
      element.querySelector("td.all").prepend(this.message);
      this.fate = "";
      // An official source has the figure: the row has nothing to type into, but keeps its place in a block.
      this.isLocked = "locked" in element.dataset;
    }
    get values() {
      return Object.fromEntries(Object.entries(this.inputs).map(([part, input]) => [part, input.value]));
    }
    get isTyped() {
      return Object.values(this.inputs).some((input) => input.value !== cameWith(input));
    }
    set values(values) {
      for (const [part, input] of Object.entries(this.inputs)) {
        if (part in values) input.value = values[part];
      }
      this.element.dispatchEvent(new CustomEvent("entry-filled"));
    }
    say(fate, words) {
      this.fate = fate;
      this.state.textContent = words;
      this.state.dataset.state = fate;
    }
    complain(text, field) {
      for (const input of Object.values(this.inputs)) input.removeAttribute("aria-invalid");
      this.element.querySelectorAll(".msg[id]").forEach((old) => old.remove());
      this.element.classList.toggle("bad", Boolean(field));
      this.message.textContent = text;
      this.message.hidden = !text;
      if (field) document.getElementById(field)?.setAttribute("aria-invalid", "true");
    }
  }

  const rows = new Map();
  form.querySelectorAll("tr[data-row]").forEach((element) => {
    const row = new Row(element);
    rows.set(row.key, row);
  });
  const all = () => Array.from(rows.values());

  /* What is typed and not kept yet stays on this machine: a lost line or session loses nothing. */
  const stored = () => {
    try {
      return JSON.parse(localStorage.getItem(draftKey)) || {};
    } catch {
      return {};
    }
  };
  // A save that fails while the person logs out must not put the drafts back.
  let isLeaving = false;
  document.querySelector("form[data-log-out]").addEventListener("submit", () => {
    isLeaving = true;
  });
  const remember = () => {
    if (isLeaving) return;
    const drafts = {};
    for (const row of all()) {
      if (["dirty", "saving", "failed", "invalid", "conflict"].includes(row.fate)) {
        drafts[row.key] = { values: row.values, was: row.was.value };
      }
    }
    try {
      if (Object.keys(drafts).length) localStorage.setItem(draftKey, JSON.stringify(drafts));
      else localStorage.removeItem(draftKey);
    } catch {
      /* A full or forbidden store: the page itself still holds the values. */
    }
  };

  /* --- Saving ----------------------------------------------------------------------------------------- */
  let running = null;
  let wait = 2000;
  let timer = 0;
  let lastSaved = "";

  const count = (...fates) => all().filter((row) => fates.includes(row.fate)).length;
  const tell = (reason = "") => {
    const waiting = count("dirty", "failed");
    const wrong = count("invalid", "conflict");
    let words = lastSaved ? `Đã lưu ${lastSaved}` : "";
    if (count("saving")) words = "Đang lưu…";
    else if (waiting) words = `Chưa lưu ${waiting} dòng${reason ? `: ${reason}` : ""}`;
    if (wrong) words += `${words ? " · " : ""}${wrong} dòng cần xem lại, chưa lưu`;
    if (told.textContent !== words) told.textContent = words;
  };
  const touch = (row) => {
    row.say("dirty", "Chưa lưu");
    remember();
    tell();
  };

  const settle = (row, sent, answer) => {
    const current = JSON.stringify(row.values);
    if (answer.fate === "invalid") {
      if (current !== sent) return touch(row);
      row.say("invalid", "✕ Chưa lưu");
      return row.complain(answer.message, answer.field);
    }
    if (answer.fate === "conflict") {
      row.say("conflict", "✕ Chưa lưu");
      row.complain(`${answer.message} `);
      return offer(row, answer);
    }
    row.was.value = answer.was;
    row.complain("");
    if (current !== sent) return touch(row);
    row.values = { n: answer.numerator, d: answer.denominator, s: answer.choice, g: answer.note };
    row.element.querySelector("td.value").textContent = answer.value;
    lastSaved = answer.at || lastSaved;
    row.say("saved", answer.at ? `● Đã lưu ${answer.at}` : "Chưa nhập");
  };
  const offer = (row, theirs) => {
    const button = (words, act) => {
      const one = document.createElement("button");
      one.type = "button";
      one.className = "btn quiet small";
      one.textContent = words;
      one.addEventListener("click", () => {
        row.was.value = theirs.was;
        act();
        row.complain("");
        touch(row);
        row.inputs.n.focus();
        flush();
      });
      row.message.append(one, " ");
    };
    button("Giữ số của tôi", () => {});
    button("Lấy số đó", () => {
      row.values = { n: theirs.numerator, d: theirs.denominator, s: theirs.choice, g: theirs.note };
    });
  };

  const giveUp = () => {
    for (const row of all()) if (row.fate === "saving") row.say("failed", "✕ Chưa lưu");
    remember();
  };
  const retry = (reason) => {
    giveUp();
    tell(reason);
    clearTimeout(timer);
    timer = setTimeout(flush, wait);
    wait = Math.min(wait * 2, 30000);
  };
  const stop = (words) => {
    giveUp();
    told.textContent = words;
  };

  const send = async () => {
    const batch = all().filter((row) => row.fate === "dirty" || row.fate === "failed");
    if (!batch.length) return;
    const body = new URLSearchParams();
    const sent = new Map();
    for (const row of batch) {
      sent.set(row, JSON.stringify(row.values));
      for (const [part, text] of Object.entries(row.values)) body.set(`${part}-${row.key}`, text);
      body.set(`was-${row.key}`, row.was.value);
      row.say("saving", "Đang lưu…");
    }
    tell();
    let answer;
    let saved = null;
    try {
      answer = await fetch(form.dataset.saveUrl, {
        method: "POST",
        body,
        headers: {
          Accept: "application/json",
          "X-CSRFToken": form.elements.namedItem("csrfmiddlewaretoken").value,
        },
      });
      if ((answer.headers.get("Content-Type") || "").includes("application/json")) saved = await answer.json();
    } catch {
      return retry("mất kết nối, đang thử lại"); // also where an answer was cut off
    }
    if (answer.redirected || answer.status === 401 || (answer.status === 403 && !saved)) {
      return stop("Chưa lưu: phiên đăng nhập đã hết. Tải lại trang để đăng nhập; số vừa nhập vẫn được giữ.");
    }
    if (!saved) return retry("máy chủ không trả lời được, đang thử lại");
    document.dispatchEvent(new CustomEvent("dvctt-alive")); // the session's end moved with this request
    if (!answer.ok) return stop(`Chưa lưu: ${saved.message}`);
    wait = 2000;
    // Only where nobody else saved in between has this page seen all that the next revision holds.
    if (seen.value === String(saved.before)) seen.value = String(saved.revision);
    for (const [row, text] of sent) settle(row, text, saved.rows[row.key]);
    const filled = document.querySelector("[data-filled] b");
    filled.textContent = filled.textContent.replace(/^\d+/, String(saved.filled));
    remember();
    tell();
  };
  const flush = async () => {
    clearTimeout(timer);
    if (running) return running;
    running = send();
    try {
      await running;
    } finally {
      running = null;
    }
    // What was typed meanwhile.
    if (count("dirty")) return flush();
  };

  form.addEventListener("input", (event) => {
    const row = rows.get(event.target.closest("tr[data-row]")?.dataset.row);
    if (!row) return;
    canUndo = false;
    touch(row);
  });
  form.addEventListener("change", (event) => {
    const row = rows.get(event.target.closest("tr[data-row]")?.dataset.row);
    if (!row) return;
    if (row.fate !== "dirty") touch(row);
    flush();
  });
  window.addEventListener("online", flush);

  // A button pressed while cells are on their way waits for them, or the server would take them for another's.
  form.addEventListener("submit", async (event) => {
    if (!count("dirty", "saving", "failed")) return;
    event.preventDefault();
    const button = event.submitter;
    do await flush();
    while (count("dirty", "saving"));
    if (!count("failed")) form.requestSubmit(button);
  });

  /* --- Keys ------------------------------------------------------------------------------------------- */
  const partOf = (input) => PARTS.find((part) => input.id.startsWith(`${part}-`));
  const step = (input, by) => {
    const part = partOf(input);
    const list = all();
    let at = list.findIndex((row) => row.inputs[part] === input) + by;
    while (at >= 0 && at < list.length && !list[at].inputs[part]) at += by;
    const next = list[at]?.inputs[part];
    if (next) {
      next.focus();
      next.select();
    }
  };
  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (event.ctrlKey && event.key.toLowerCase() === "z" && canUndo) {
      event.preventDefault();
      undo();
      return;
    }
    if (!input.matches("tr[data-row] input[type=text]")) return;
    const row = rows.get(input.closest("tr").dataset.row);
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      row.inputs.g.focus();
    } else if (event.key === "Enter" || event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(input, event.key === "ArrowUp" || event.shiftKey ? -1 : 1);
    }
  });

  /* --- Pasting a block -------------------------------------------------------------------------------- */
  const readable = (text, input) =>
    "percent" in input.dataset
      ? /^\d[\d.,]*\s?%?$/.test(text) // the server says what a doubtful "1.234" may mean
      : /^[\d\s.,\u00a0\u202f]+$/.test(text) && window.dvcttReadCount(text) !== null;
  let canUndo = false;
  let before = null;
  const undo = () => {
    for (const [row, values] of before) {
      row.values = values;
      row.complain("");
      touch(row);
    }
    canUndo = false;
    pasted.textContent = "Đã hoàn tác lần dán.";
    flush();
  };
  const show = (words) => {
    pasted.textContent = words;
    if (!canUndo) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn quiet small";
    button.textContent = "Hoàn tác dán (Ctrl+Z)";
    button.addEventListener("click", undo);
    pasted.append(" ", button);
  };
  form.addEventListener("paste", (event) => {
    const input = event.target;
    const text = event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "");
    if (!input.matches("[data-numerator], [data-denominator]") || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    const columns = ["n", "d"].slice(partOf(input) === "n" ? 0 : 1);
    const list = all();
    const from = list.findIndex((row) => Object.values(row.inputs).includes(input));
    const refused = [];
    let filled = 0;
    before = new Map();
    text.split("\n").forEach((line, y) => {
      line.split("\t").forEach((cell, x) => {
        const words = cell.trim();
        if (!words) return;
        const row = list[from + y];
        const place = `dòng ${y + 1}, cột ${x + 1}`;
        const target = row?.inputs[columns[x]];
        if (row?.isLocked) {
          refused.push(`${place}: “${words}” là của chỉ tiêu đã có số từ nguồn chính thức`);
        } else if (!target) {
          refused.push(`${place}: “${words}” nằm ngoài các ô nhập`);
        } else if (!readable(words, target)) {
          const [column, wanted] = "percent" in target.dataset ? ["Tỷ lệ", "tỷ lệ"] : [WORDS[columns[x]], "số nguyên"];
          refused.push(`${place} (${column}): “${words}” không phải là ${wanted}`);
        } else {
          if (!before.has(row)) before.set(row, row.values);
          target.value = words;
          filled += 1;
        }
      });
    });
    for (const row of before.keys()) {
      row.element.dispatchEvent(new CustomEvent("entry-filled"));
      touch(row);
    }
    canUndo = before.size > 0;
    show(
      `Đã dán ${filled} ô.` + (refused.length ? ` ${refused.length} ô không nhận: ${refused.join("; ")}.` : ""),
    );
    flush();
  });

  /* --- What was typed before this file came, and what an earlier page could not save ------------------ */
  const left = stored();
  for (const row of all()) if (row.isTyped) touch(row);
  for (const [key, draft] of Object.entries(left)) {
    const row = rows.get(key);
    if (!row || row.fate || JSON.stringify(row.values) === JSON.stringify(draft.values)) continue;
    if (row.isLocked) {
      const typed = [draft.values.n, draft.values.d].filter(Boolean).join("/");
      row.complain(`${typed || "Điều bạn đã chọn"} chưa được lưu: đã có số từ nguồn chính thức.`);
      continue;
    }
    row.values = draft.values;
    row.was.value = draft.was;
    touch(row);
  }
  remember();
  tell();
  flush();
})();

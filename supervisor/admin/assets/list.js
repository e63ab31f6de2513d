// A long list of which only the rows that are seen are in the page. The height
// of a row follows from the number of its characters, as the font has one
// width; wide ones count twice.
export class List {
  constructor(scroll, room, render) {
    Object.assign(this, { scroll, room, render, items: [], tops: [0], rows: new Map(), follows: true });
    this.measure();
    scroll.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => {
      this.measure();
      this.layout(0);
      this.draw();
    }).observe(scroll);
  }

  get length() { return this.items.length; }

  // measure finds how many characters fit in a row.
  measure() {
    const probe = document.createElement("div");
    probe.className = "line";
    probe.textContent = "0".repeat(100);
    probe.style.visibility = "hidden";
    probe.style.whiteSpace = "nowrap";
    probe.style.right = "auto";
    this.room.append(probe);
    const style = getComputedStyle(probe);
    const side = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight) + 3;
    const width = (probe.getBoundingClientRect().width - side) / 100;
    this.line = parseFloat(style.lineHeight);
    this.extra = parseFloat(style.paddingTop);
    this.columns = Math.max(10, Math.floor((this.scroll.clientWidth - side) / width));
    probe.remove();
  }

  height(item) {
    const text = item[3];
    const wide = /[\u1100-\uffff]/.test(text) ? text.match(/[\u1100-\uffff]/g).length : 0;
    return this.extra + this.line * Math.max(1, Math.ceil((text.length + wide) / this.columns));
  }

  layout(from) {
    this.tops.length = from + 1;
    for (let i = from; i < this.items.length; i++) this.tops.push(this.tops[i] + this.height(this.items[i]));
    this.room.style.height = this.tops.at(-1) + "px";
    if (this.follows) this.scroll.scrollTop = this.tops.at(-1);
  }

  set(items) {
    this.items = items;
    for (const row of this.rows.values()) row.remove();
    this.rows.clear();
    this.layout(0);
    this.draw();
  }

  add(items) {
    const from = this.items.length;
    for (const item of items) this.items.push(item);
    this.layout(from);
    this.draw();
  }

  scrolled() {
    const { scrollTop, clientHeight, scrollHeight } = this.scroll;
    const follows = scrollTop + clientHeight >= scrollHeight - 8;
    if (follows !== this.follows) this.onfollow?.((this.follows = follows));
    this.draw();
  }

  follow() {
    this.follows = true;
    this.onfollow?.(true);
    this.scroll.scrollTop = this.tops.at(-1);
  }

  // jump shows the first item that is so.
  jump(is) {
    const i = this.items.findIndex(is);
    if (i < 0) return;
    this.scroll.scrollTop = this.tops[i];
  }

  // at is the item at a height.
  at(y) {
    let low = 0, high = this.items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.tops[middle + 1] <= y) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  draw() {
    const top = this.scroll.scrollTop;
    const first = Math.max(0, this.at(top) - 10);
    const last = Math.min(this.items.length - 1, this.at(top + this.scroll.clientHeight) + 10);
    for (const [i, row] of this.rows) {
      if (i >= first && i <= last) continue;
      row.remove();
      this.rows.delete(i);
    }
    for (let i = first; i <= last; i++) {
      let row = this.rows.get(i);
      if (!row) {
        row = document.createElement("div");
        this.render(this.items[i], row);
        this.rows.set(i, row);
        this.room.append(row);
      }
      row.style.top = this.tops[i] + "px";
      row.style.height = this.tops[i + 1] - this.tops[i] + "px";
    }
  }
}

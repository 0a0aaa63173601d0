// Amounts as people type and read them in the language of the page; the server says what counts.
const language = document.documentElement.lang;
const display = () => document.documentElement.dataset.amounts ?? "symbol";

/** How amounts of a currency are written, and how many minor units make one. */
export function currency(code) {
  const style = { style: "currency", currency: code.toUpperCase(), currencyDisplay: display() };
  const format = new Intl.NumberFormat(language, style);
  return { format, scale: 10 ** format.resolvedOptions().maximumFractionDigits };
}

/** What was typed, as a number; NaN where it means none. gigstream/core/money.py does the same. */
export function typed(text, code) {
  const bare = text.replace(/\s/g, "").replace(new RegExp(`^(${code}|[$€£¥])|(${code}|[$€£¥])$`, "i"), "");
  const point = (1.5).toLocaleString(language).includes(",") ? "," : ".";
  const mark = point === "," ? "." : ",";
  const grouped = new RegExp(`^\\d{1,3}(\\${mark}\\d{3})+(\\${point}\\d*)?$`);
  if (grouped.test(bare)) return Number(bare.replaceAll(mark, "").replace(point, "."));
  const cents = new RegExp(`^\\d+\\${mark}\\d{1,2}$`);
  const plain = cents.test(bare) ? bare.replace(mark, ".") : bare.replace(point, ".");
  return /^(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : NaN;
}

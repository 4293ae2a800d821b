// Elements. Text from elsewhere only ever becomes text: nothing here reads HTML.

export const byId = (id) => document.getElementById(id);

/// An element with a class, a text and children; any of them may be left out.
export function el(tag, { cls, text, ...attributes } = {}, ...children) {
  const node = document.createElement(tag);
  if (cls) node.className = cls;
  if (text !== undefined) node.textContent = text;
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) node.setAttribute(name, value);
  }
  node.append(...children.filter(Boolean));
  return node;
}

/// Sets a text only where it differs: what is read aloud is not read twice.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/// `75` as `1:15`.
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/// A length of time: `2.4 s`, `1:15`.
export function lasting(seconds) {
  return seconds < 60 ? `${seconds.toFixed(1)} s` : clock(seconds);
}

/// The last part of a path.
export function base(path) {
  return path.split(/[\\/]/).pop();
}

/// A setting that this browser remembers; without storage, the default.
export function remembered(name, fallback) {
  try {
    const value = localStorage.getItem(`relay-script.${name}`);
    return value === null ? fallback : value === "yes";
  } catch {
    return fallback;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`relay-script.${name}`, value ? "yes" : "no");
  } catch {
    // A browser without storage forgets.
  }
}

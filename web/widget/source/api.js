// GraphQL by registered documents. POST: a browser asks for leave by address, and /graphql has one where GETs have many,
// so that a search takes one round trip and not two.
import { DOCUMENTS } from "./generated.js";

export class Offline extends Error {}
export class Failed extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

const VISITOR = "ooulet-help-visitor";

export class Api {
  constructor({ base, key, locale }) {
    this.base = base;
    this.locale = locale;
    this.headers = {
      "content-type": "application/json",
      accept: "application/graphql-response+json",
      "accept-language": locale,
      "kb-visitor": visitor(),
      ...(key && { "kb-storefront": key }),
    };
  }

  async ask(name, variables, { signal } = {}) {
    if (!navigator.onLine) throw new Offline();
    let response;
    try {
      response = await fetch(`${this.base}/graphql`, {
        method: "POST",
        headers: this.headers,
        body: JSON.stringify({ documentId: DOCUMENTS[name], variables }),
        credentials: "omit",
        signal,
      });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Offline();
    }
    const answer = await response.json().catch(() => ({}));
    const code = answer.errors?.[0]?.extensions?.code;
    if (code || !answer.data) throw new Failed(code || `HTTP_${response.status}`);
    return answer.data;
  }
}

// One random id a browser, so that keystrokes count as one search. Where nothing may be kept, one a page.
function visitor() {
  try {
    const known = localStorage.getItem(VISITOR) || uuid();
    localStorage.setItem(VISITOR, known);
    return known;
  } catch {
    return uuid();
  }
}

// `crypto.randomUUID` is for secure pages alone; some shops are not.
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

// What the verifier found wrong. Each problem names the file (and the place in it) or the entity it is about.

/** @typedef {{ readonly code: string, readonly where: string, readonly message: string }} Problem */

export class Problems {
  /** @readonly @type {Problem[]} */
  #found = [];

  /** @param {string} code @param {string} where @param {string} message */
  add(code, where, message) {
    this.#found.push({ code, where, message });
  }

  /** @returns {readonly Problem[]} */
  get all() {
    return this.#found;
  }
}
